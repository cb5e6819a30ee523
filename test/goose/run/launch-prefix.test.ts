import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readPlace } from '../../../goose/host/owner.ts';
import { sweep, workerHasGone } from '../../../goose/host/sweep.ts';
import { findLauncher } from '../../../goose/program/launcher.ts';
import { runGoose } from '../../../goose/run/run.ts';
import { type GooseCommandInput, gooseCommand } from '../../../goose/start/command-line.ts';
import { CONTAINMENTS, findContainment } from '../../../goose/start/containment.ts';
import { eventually } from '../../support/eventually.ts';
import { findByToken } from '../../support/find-by-token.ts';
import { livingIn, startGuardedWorker, stopGuardedWorkers } from '../../support/guarded-worker.ts';
import { agentScript, stubRun, temporaryFolder } from '../../support/stub-runs.ts';

afterEach(stopGuardedWorkers);

const ANSWER =
  '{"type":"message","message":{"id":"a","role":"assistant","content":[{"type":"text","text":"done"}],"metadata":{"inference":{}}}}';
const COMPLETE = '{"type":"complete","total_tokens":3,"input_tokens":2,"output_tokens":1}';

/** What may stand before goose, as scripts. */
const LAUNCHERS = {
  forks: '"$@" &\nexit 0',
  // Without environment, session and parent.
  'leaves-all': '( ( env -i PATH="$PATH" setsid "$@" & ) & )\nsleep 0.3\nexit 0',
  waits: 'trap "" TERM\n"$@" &\nwait',
  'ends-badly': 'echo "cannot" >&2\nexit 9',
};

const found = await Promise.all(CONTAINMENTS.map((each) => findContainment([each])));
const HERE = found.filter(({ by }, at) => by === CONTAINMENTS[at]).map((held) => [held.by, held] as const);

/** Writes a launcher; gives its path. */
function script(folder: string, name: string): string {
  const path = join(folder, name);
  const body = LAUNCHERS[name as keyof typeof LAUNCHERS];
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

/** A run whose goose is the script `text`, started by that prefix, in a folder in which all of it lives. */
function launch(folder: string, prefix: string[], text: string, held: (typeof HERE)[number][1]) {
  const cwd = join(folder, 'work');
  mkdirSync(cwd, { recursive: true });
  for (const name of Object.keys(LAUNCHERS)) script(folder, name);
  const goose = join(folder, 'goose');
  writeFileSync(goose, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const launchPrefix = findLauncher(prefix, { path: process.env.PATH, basePath: folder });
  const input: GooseCommandInput = {
    ...{ bin: goose, recipePath: 'r.yaml', taskId: 1, agent: 'a', queue: null, attempt: 1, basePath: '/' },
    launchPrefix,
  };
  const spec = stubRun('answers', folder, { command: gooseCommand(input), cwd, held });
  const stopping = new AbortController();
  return { spec, stopping, ended: runGoose(spec, { signal: stopping.signal }) };
}

const WORKS = `sleep 0.7; echo '${ANSWER}'; echo '${COMPLETE}'`;
const PREFIXES: [string, string[]][] = [
  ['nice', ['nice', '-n', '1']],
  ['env', ['env', '-i', 'A=b c', 'PATH=/usr/bin:/bin']],
  ['setsid, which forks', ['setsid']],
  ['a script that forks and ends', ['./forks']],
  ['a script that waits', ['./waits']],
  ['a script whose goose sheds all it can', ['./leaves-all']],
];

describe.concurrent.each(HERE)('held by %s', (by, held) => {
  test.each(PREFIXES)('a goose behind %s is heard to its end', async (_, prefix) => {
    using folder = temporaryFolder();
    const { spec, ended } = launch(folder.path, prefix, WORKS, held);
    const { verdict, exitCode, tokens } = await ended;
    expect({ kind: verdict.kind, exitCode, tokens: tokens?.total }).toEqual({
      ...{ kind: 'completed', exitCode: 0, tokens: 3 },
    });
    expect(await findByToken(spec.token)).toEqual([]);
    expect(livingIn(folder.path)).toEqual([]);
  });

  test.each(PREFIXES)(
    'a goose behind %s, which hears no TERM, is ended with all it started',
    async (_, prefix) => {
      using folder = temporaryFolder();
      const deaf = 'trap "" TERM; sleep 1000 & ( setsid sleep 1000 & ) & echo ready; sleep 1000; sleep 1000';
      const { spec, stopping, ended } = launch(folder.path, prefix, deaf, held);
      await eventually('three live', () => livingIn(folder.path).length >= 3);
      stopping.abort({ why: 'cancelled', detail: 'by hand' });
      expect((await ended).verdict).toEqual({ kind: 'cancelled', reason: 'by hand' });
      expect(await findByToken(spec.token)).toEqual([]);
      if (by !== 'looks') expect(livingIn(folder.path)).toEqual([]);
      // Looks alone may miss one.
      for (const pid of livingIn(folder.path)) process.kill(pid, 'SIGKILL');
    },
  );
});

describe.each(HERE)('held by %s, a goose whose launcher has gone is ended', (by, _held) => {
  const launchers = by === 'looks' ? ['forks'] : ['forks', 'leaves-all'];

  test.each(launchers)(
    'by the guardian of a killed worker, and by who comes after both: %s',
    async (name) => {
      for (const how of ['guardian', 'sweep'] as const) {
        using folder = temporaryFolder();
        const launchPrefix = [script(folder.path, name)];
        const worker = await startGuardedWorker({
          ...{ folder: folder.path, agents: ['hangs'], launchPrefix, containments: [by] },
        });
        await worker.said('running');
        // The launcher itself has ended by then.
        const all = by === 'keeper' ? 5 : 4;
        await eventually(`${all} live`, () => livingIn(folder.path).length === all);
        if (how === 'guardian') {
          worker.signal('SIGKILL');
          await eventually('all that it started are dead', () => livingIn(folder.path).length === 0);
        } else {
          for (const pid of [worker.guardian(), worker.pid]) process.kill(pid, 'SIGKILL');
          await worker.exited;
          const place = await readPlace(join(folder.path, 'running'));
          expect((await sweep({ ...place, now: Date.now(), isOrphan: workerHasGone })).ended).toHaveLength(1);
        }
        expect(livingIn(folder.path)).toEqual([]);
      }
    },
  );
});

const [, held] = HERE[0] ?? [];
if (held === undefined) throw new Error('there is always a way to hold a run');

describe.concurrent('what a launcher may do', () => {
  test('arguments arrive as they are written, without a shell', async () => {
    using folder = temporaryFolder();
    const say = `echo '${ANSWER}'; printf '%s\\n' "$A" "$#" >../said; echo '${COMPLETE}'`;
    const { ended } = launch(folder.path, ['env', 'A=$(id) "x"; *'], say, held);
    expect((await ended).verdict.kind).toBe('completed');
    expect(readFileSync(join(folder.path, 'said'), 'utf8')).toMatch(/^\$\(id\) "x"; \*\n16\n$/);
  });

  test.each([
    [
      'it fails',
      ['nice', '-n', 'x'],
      /^"nice" of the agent's launchPrefix did not start goose \(it ended with code \d+\): see/,
    ],
    [
      'it fails in its own words',
      ['./ends-badly'],
      /^"ends-badly" of .* did not start goose \(it ended with code 9\): see/,
    ],
  ])("where %s, that is the agent's misconfiguration", async (_, prefix, reason) => {
    using folder = temporaryFolder();
    const { verdict } = await launch(folder.path, prefix, WORKS, held).ended;
    expect(verdict).toEqual({ kind: 'misconfigured', reason: expect.stringMatching(reason) });
  });

  test('it has gone: said at the start', async () => {
    using folder = temporaryFolder();
    const command = { file: join(folder.path, 'gone'), args: [], launcher: 'gone' };
    const { verdict } = await runGoose(stubRun('answers', folder.path, { command, held }), {
      signal: new AbortController().signal,
    });
    expect(verdict).toMatchObject({
      kind: 'misconfigured',
      reason: expect.stringMatching(/correct launchPrefix$/),
    });
  });

  test('a goose that was left alone and dies has not done its work, whatever it said', async () => {
    using folder = temporaryFolder();
    const { ended } = launch(folder.path, ['./forks'], `echo '${ANSWER}'; exit 3`, held);
    const { verdict, exitCode } = await ended;
    expect(exitCode).toBeNull();
    expect(verdict).toEqual({
      kind: 'agent-failed',
      reason: 'goose exited without an exit code: see attempt.log',
    });
  });

  test("an error of goose itself behind a launcher is goose's", async () => {
    using folder = temporaryFolder();
    const { verdict } = await launch(folder.path, ['nice'], 'echo banner; exit 101', held).ended;
    expect(verdict).toEqual({ kind: 'agent-failed', reason: 'goose exited with code 101: see attempt.log' });
  });

  test.each([{ stallMs: 700 }, { maxRuntimeMs: 1_000 }])(
    'limits count though it has ended: %j',
    async (limit) => {
      using folder = temporaryFolder();
      const { spec } = launch(folder.path, ['nice'], 'true', held);
      const command = gooseCommand({
        ...{
          bin: agentScript('hangs'),
          recipePath: '',
          taskId: 1,
          agent: 'a',
          queue: null,
          attempt: 1,
          basePath: '/',
        },
        launchPrefix: [join(folder.path, 'forks')],
      });
      const { token, env } = stubRun('answers', folder.path);
      const run = runGoose(
        { ...spec, ...limit, command, token, env },
        { signal: new AbortController().signal },
      );
      expect((await run).verdict.kind).toBe('stallMs' in limit ? 'stalled' : 'timed-out');
      expect(livingIn(folder.path)).toEqual([]);
    },
  );
});

test.each([
  [
    ['no-such-program'],
    /^the program "no-such-program" of its launchPrefix is not on PATH: install it, or correct/,
  ],
  [['nice -n 10'], /is not on PATH: each argument is a text of its own, such as \["nice", "-n", "10"\]$/],
  [
    ['./nothing', 'x'],
    /^the program ".\/nothing" of its launchPrefix is no file that may be executed \(\/srv\/nothing\)/,
  ],
  [['/etc/passwd'], /no file that may be executed \(\/etc\/passwd\)/],
  [['/etc'], /no file that may be executed/],
])('%j is no launcher', (prefix, reason) => {
  expect(() => findLauncher(prefix, { path: process.env.PATH, basePath: '/srv' })).toThrow(reason);
});

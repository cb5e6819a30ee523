import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programInBinDir } from '../../../goose/program/bin-dir.ts';
import { type CommandSpec, runCommand } from '../../../goose/run/command.ts';
import type { ProgramOptions } from '../../../goose/run/to-the-end.ts';
import { CONTAINMENTS, findContainment } from '../../../goose/start/containment.ts';
import { findByToken } from '../../support/find-by-token.ts';
import { livingIn } from '../../support/guarded-worker.ts';
import { stubRun, temporaryFolder } from '../../support/stub-runs.ts';

const FOREVER = new AbortController().signal;

/** What this machine has. The tests say by their names which they used. */
const found = await Promise.all(CONTAINMENTS.map((each) => findContainment([each])));
const HERE = found.filter(({ by }, at) => by === CONTAINMENTS[at]).map((held) => [held.by, held] as const);
const SURE = HERE.filter(([by]) => by !== 'looks');

function put(folder: string, name: string, text: string): string {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const path = join(folder, 'bin', name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/** Runs a script in `work`, below the folder, and looks by the operating system what is left of it. */
async function ran(
  folder: string,
  script: string,
  change: Partial<CommandSpec> = {},
  options: Partial<ProgramOptions> = {},
) {
  put(folder, 'program', script);
  const cwd = join(folder, 'work');
  mkdirSync(cwd, { recursive: true });
  const { env, token } = stubRun('answers', folder);
  const binDir = join(folder, 'bin');
  const spec: CommandSpec = {
    ...{ binDir, program: 'program', path: programInBinDir(binDir, 'program'), args: [] },
    ...{ env, token, cwd, maxRuntimeMs: 60_000, stallMs: 0, graceMs: 300 },
    log: { dir: folder, name: 'attempt.log', maxBytes: 100_000 },
    ...change,
  };
  const result = await runCommand(spec, { signal: FOREVER, ...options });
  expect(await findByToken(token)).toEqual([]);
  return { ...result, log: readFileSync(join(folder, 'attempt.log'), 'utf8') };
}
const sh = (...lines: string[]) => ['#!/bin/sh', ...lines, ''].join('\n');

describe.each(HERE)('held by %s', (_, held) => {
  test('a program gets its arguments as they are, and exit code 0 is the evidence', async () => {
    using folder = temporaryFolder();
    const args = ['$HOME; ls', '', '-x', 'two words', 'ä\n', '*'];
    const { verdict, log, stopped } = await ran(folder.path, sh('printf "<%s>" "$0" "$@"'), { args, held });
    const path = join(folder.path, 'bin', 'program');
    expect([verdict, stopped]).toEqual([
      { kind: 'completed', reason: '"program" exited with code 0' },
      undefined,
    ]);
    expect(log).toBe([path, ...args].map((arg) => `<${arg}>`).join(''));
  });

  test.each<[string, string[], RegExp]>([
    ['a code', ['echo one', 'echo two >&2', 'exit 3'], /^"program" exited with code 3/],
    ['no word', ['exit 1'], /^"program" exited with code 1$/],
    ['a signal', ['kill -9 $$'], /ended by SIGKILL from outside, perhaps because memory/],
    ['another signal', ['kill -15 $$'], /^"program" was ended by SIGTERM from outside$/],
    ['a missing command in it', ['nothing-like-it'], /exited with code 127; .*not found"$/],
  ])('%s is no success', async (__, lines, reason) => {
    using folder = temporaryFolder();
    const { verdict } = await ran(folder.path, sh(...lines), { held });
    expect(verdict).toEqual({ kind: 'agent-failed', reason: expect.stringMatching(reason) });
  });

  test('a file without a first line is not given to a shell, also where it became one after it was found', async () => {
    using folder = temporaryFolder();
    const path = put(folder.path, 'program', sh());
    const late = { path: programInBinDir(join(folder.path, 'bin'), 'program'), held };
    const ended = ran(folder.path, sh('echo the first one'), late, {
      obstacle: () => {
        // In the tick of the start, which is as late as anybody can be.
        writeFileSync(path, 'echo ran by a shell\n');
        return undefined;
      },
    });
    const { verdict, log } = await ended;
    expect(verdict).toMatchObject({ kind: 'task-misconfigured', reason: /is neither a program/ });
    expect(log).toBe('');
  });

  test('a launcher hands on what the program ends with', async () => {
    using folder = temporaryFolder();
    const launchPrefix = ['/usr/bin/env', 'ADDED=yes'];
    const { verdict, log } = await ran(folder.path, sh('echo $ADDED "$1"; exit 4'), {
      ...{ launchPrefix, args: ['-i'], held },
    });
    expect(verdict.reason).toBe('"program" exited with code 4; its last line: "yes -i"');
    expect(log).toBe('yes -i\n');
  });
});

const GOES_ON = 'while :; do sleep 0.1; done';
test.each<[string, string[], Partial<CommandSpec>, string, RegExp]>([
  [
    'no end',
    ['echo working', GOES_ON],
    { maxRuntimeMs: 1_000 },
    'timed-out',
    /^"program" ran into its time limit of 1 s; its last line: "working"$/,
  ],
  ['silence', ['trap "" TERM', GOES_ON], { stallMs: 1_000 }, 'stalled', /^"program" wrote nothing for 1 s$/],
  // Whatever it says when it is asked to end.
  ['a late success', ['trap "exit 0" TERM', GOES_ON], { maxRuntimeMs: 1_000 }, 'timed-out', /time limit/],
])('%s reaches a limit', async (_, lines, change, kind, reason) => {
  using folder = temporaryFolder();
  const { verdict } = await ran(folder.path, sh(...lines), change);
  expect(verdict).toEqual({ kind, reason: expect.stringMatching(reason) });
});

test.each(SURE)('held by %s, nothing that it has started outlives it', async (_, held) => {
  using folder = temporaryFolder();
  const child = `env -i setsid sh -c 'trap "" TERM; while :; do sleep 0.1; done' >/dev/null 2>&1 </dev/null`;
  const { verdict } = await ran(folder.path, sh(`( ( ${child} & ) & )`, 'echo left', 'sleep 0.2'), { held });
  expect(verdict.kind).toBe('completed');
  expect(livingIn(folder.path)).toEqual([]);
});

test('what it prints is bounded on the disk and in memory', async () => {
  using folder = temporaryFolder();
  const before = process.memoryUsage().rss;
  const script = sh('echo first', 'head -c 50000000 /dev/zero | tr "\\0" x', 'echo', 'echo last', 'exit 1');
  const { verdict, log } = await ran(folder.path, script);
  expect(verdict.reason).toBe('"program" exited with code 1; its last line: "last"');
  expect(statSync(join(folder.path, 'attempt.log')).size).toBeLessThanOrEqual(100_000);
  expect(log.startsWith('first\nxxx') && log.endsWith('last\n')).toBe(true);
  expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
});

test('its last line is fit for people, and tells no secret', async () => {
  using folder = temporaryFolder();
  const { env } = stubRun('answers', folder.path);
  const script = sh('printf "\\033[31mno \\"room\\" for %s\\033[0m\\r\\n\\n" "$A_TOKEN"', 'exit 1');
  // The token of the run is that of the environment.
  const { verdict } = await ran(folder.path, script, {
    env: { ...env, A_TOKEN: 'hunter2hunter2' },
    token: env.TINYSCHEDULER_RUN_TOKEN as string,
  });
  expect(verdict.reason).toBe('"program" exited with code 1; its last line: "no \\"room\\" for …"');
});

test('a program may leave its directory', async () => {
  using folder = temporaryFolder();
  const { verdict, log } = await ran(folder.path, sh('pwd', 'cd /', 'pwd'));
  expect([verdict.kind, log]).toEqual(['completed', `${join(folder.path, 'work')}\n/\n`]);
});

test('a link that is put into its place leads nowhere', async () => {
  using folder = temporaryFolder();
  const outside = join(folder.path, 'outside');
  writeFileSync(outside, sh('echo outside'));
  chmodSync(outside, 0o755);
  const swap = (to: string) => () => {
    rmSync(join(folder.path, 'bin', 'program'));
    symlinkSync(to, join(folder.path, 'bin', 'program'));
    return undefined;
  };
  put(folder.path, 'other', sh('echo other'));
  for (const [to, kind, reason] of [
    ['../outside', 'not-runnable', /leads out of/],
    ['other', 'task-misconfigured', /^the program "program" was changed while its run began$/],
  ] as const) {
    rmSync(join(folder.path, 'bin', 'program'), { force: true });
    const { verdict } = await ran(folder.path, sh('echo first'), {}, { obstacle: swap(to) });
    expect(verdict).toEqual({ kind, reason: expect.stringMatching(reason) });
    expect(readFileSync(join(folder.path, 'attempt.log'), 'utf8')).toBe('');
    rmSync(join(folder.path, 'attempt.log'));
  }
});

test('arguments that are too long are the trouble of the task, a missing directory that of the host', async () => {
  using folder = temporaryFolder();
  const args = Array.from({ length: 100 }, () => 'x'.repeat(200_000));
  const long = await ran(folder.path, sh('exit 0'), { args });
  expect(long.verdict).toMatchObject({
    kind: 'task-misconfigured',
    reason: /^"program" could not be started: /,
  });
  rmSync(join(folder.path, 'attempt.log'));
  const away = await ran(folder.path, sh('exit 0'), { cwd: join(folder.path, 'away') });
  expect(away.verdict).toMatchObject({ kind: 'misconfigured', reason: /there is no folder .*away$/ });
});

test('it is stopped for the reason given, and not started where the lease is lost', async () => {
  using folder = temporaryFolder();
  const stop = { why: 'lease-lost' as const, detail: 'no answer' };
  const lost = await ran(folder.path, sh('echo ran'), {}, { obstacle: () => stop });
  expect([lost.verdict, lost.stopped, lost.log]).toEqual([
    { kind: 'worker-lost', reason: 'no answer' },
    stop,
    '',
  ]);
  rmSync(join(folder.path, 'attempt.log'));
  const controller = new AbortController();
  const stopped = await ran(
    folder.path,
    sh('sleep 60 & wait'),
    {},
    {
      signal: controller.signal,
      onStarted: () => controller.abort({ why: 'task-gone', detail: 'archived' }),
    },
  );
  expect(stopped.verdict).toEqual({ kind: 'cancelled', reason: 'archived' });
});

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { exitCodeOf, messageOf } from '../../../client/cli/call/exit-code.ts';
import { program } from '../../../client/cli/program.ts';
import { command, type Ended } from '../../support/command.ts';
import { inProcess } from '../../support/in-process.ts';
import { type System, startSystem } from '../../support/system.ts';
import { newTask } from '../../support/task-runs.ts';
import { temporalCliForTests } from '../../support/tools.ts';

// Many processes, on a machine that may have other things to do.
vi.setConfig({ maxConcurrency: 4 });

/** What each command needs to get past its own usage. */
const ARGUMENTS: Record<string, string[]> = {
  run: ['--once'],
  retry: ['1'],
  cancel: ['1'],
  explain: ['1'],
  logs: ['1'],
  add: ['a task'],
  config: ['--show'],
  backup: ['--check', '/nonexistent/backup'],
  restore: ['/nonexistent/backup'],
  'what-if': ['pause', 'ada'],
  schedule: ['list'],
  token: ['list'],
  notify: ['--test'],
};
const withArguments = (name: string) => [name, ...(ARGUMENTS[name] ?? [])];
const NOBODY = 65_534;
const NAMES = program()
  .commands.map((each) => each.name())
  .filter((name) => !name.startsWith('internal-'));
/** Those that speak to the scheduler and return. */
const OF_SCHEDULER = [
  ...['status', 'check', 'pools', 'agents', 'tasks', 'runs', 'logs'],
  ...['pause', 'resume', 'drain', 'run-now', 'retry', 'cancel', 'explain'],
];

/** Those of schedules, with what each needs to get past its own usage. */
const OF_SCHEDULES = [
  ...['list', 'history', 'missed'].map((name) => ['schedule', name]),
  ...['show', 'next', 'pause', 'resume', 'run-now', 'skip-next', 'delete', 'history'].map((name) => {
    return ['schedule', name, 'nightly'];
  }),
  ['schedule', 'backfill', 'nightly', '--from', '2026-01-01', '--to', '2026-01-02 03:00'],
  ['schedule', 'create', 'nightly', '--every', '1h', '--title', 't', '--queue', 'dev'],
  ['schedule', 'edit', 'nightly', '--title', 't'],
  ['schedule', 'missed', '--run', 'nightly@2026-01-01T00:00:00Z', '--skip', 'nightly@2026-01-02'],
];

/** Those that show many of a kind, also where there are none. */
const LISTINGS = [
  ...['pools', 'agents', 'tasks', 'runs'].flatMap((name) => [[name], [name, '--json']]),
  ['tasks', '--phase', 'parked', '--agent', 'ada', '--pool', 'dev', '--since', '1h'],
  ['runs', '--agent', 'ada', '--since', '2026-01-01', '--limit', '5'],
  ...['list', 'history', 'missed'].flatMap((name) => [
    ['schedule', name],
    ['schedule', name, '--json'],
  ]),
  ['schedule', 'history', '--since', '1h', '--end', 'left-out', '--limit', '5'],
];

let cwd: string;
let env: Record<string, string>;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'exit-codes-'));
  env = {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    TEMPORAL_CLI: await temporalCliForTests(),
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:1',
  };
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const run = (args: string[], more: Record<string, string> = {}): Promise<Ended> =>
  command(args, { cwd, env: { ...env, ...more } });

describe('2: wrong usage', () => {
  test.each<[string[], string]>([
    [['statsu'], "unknown command 'statsu'\n(Did you mean status?)"],
    [['status', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)"],
    [['explain'], "missing required argument 'task'"],
    [['explain', '1', '2'], 'too many arguments'],
    [['explain', 'abc'], '"abc" is not a task id: give a whole number from 1, such as 42'],
    [['retry', '0'], '"0" is not a task id'],
    [['run-now', '1.5'], '"1.5" is not a task id'],
    [['cancel', '-1'], '"-1" is not a task id'],
    [['pause', '--agent', '../x'], '--agent: "../x" is not a name'],
    [['drain', '--timeout', 'soon'], '--timeout: "soon" is not a number of seconds'],
    [['add', 'x', '--priority', 'abc'], '--priority: "abc" is not a whole number'],
    [['add', ' '], 'the title is empty'],
    [['add', 'x', '--queue', ''], '--queue: name a queue, or leave it out'],
    [['add', 'x', '--queue', ' '], '--queue: name a queue, or leave it out'],
    [['tasks', '--phase', 'runing'], 'Allowed choices are running, interrupted,'],
    [['tasks', '--agent', '../x'], '--agent: "../x" is not a name'],
    [['tasks', '--pool', 'a"b'], '--pool: "a\\"b" is not a name'],
    [['tasks', '--since', 'yesterday'], '--since: "yesterday" is no time: give how long ago, such as 30m'],
    [['runs', '--since', '2h30'], '--since: "2h30" is no time'],
    [['runs', '--since', '2026-13-01'], '--since: "2026-13-01" is no time'],
    [['runs', '--since', '2026-02-30'], '--since: "2026-02-30" is no time'],
    [['runs', '--since', '2026-11-31T10:00Z'], '--since: "2026-11-31T10:00Z" is no time'],
    [['runs', '--since', '999999d'], '--since: "999999d" is no time'],
    [['check', '--waiting', '-1'], '--waiting: "-1" is not a number of tasks from 0 to 100000'],
    [['check', '--oldest', 'long'], '--oldest: "long" is no time: give one such as 30m'],
    [['check', '--pool', 'a b'], '--pool: "a b" is not a name'],
    [['runs', '--limit', '0'], '--limit: "0" is not a whole number from 1 to 1000'],
    [['runs', '--limit', '1001'], '--limit: "1001" is not a whole number from 1 to 1000'],
    [['logs'], "missing required argument 'task'"],
    [['logs', 'x'], '"x" is not a task id'],
    [['logs', '1', '--attempt', '0'], '--attempt: "0" is not the number of an attempt'],
    [['logs', '1', '--follow', '--json'], 'so it takes no --json'],
    [['add', 'x', '--blocked-by', 'y'], '"y" is not a task id'],
    [['backup'], "missing required argument 'folder'"],
    [['backup', ''], 'backup: name a folder'],
    [['backup', 'x', '--keep', '0'], '--keep: "0" is not a whole number from 1 to 1000'],
    [['backup', 'x', '--keep', 'all'], '--keep: "all" is not a whole number from 1 to 1000'],
    [['backup', 'x', '--keep', '2', '--check'], 'looks at one backup, so it takes no --keep'],
    [['restore'], "missing required argument 'folder'"],
    [['restore', ' '], 'restore: name a folder'],
    [['report', '--format', 'xml'], 'Allowed choices are console, json, both'],
    [['report', '--format', 'both'], 'name them with --output'],
    [['report', '--output', ''], '--output names no file'],
    [['report', '--status', 'idle', 'done'], '--status: "done" is none of idle, working, complete'],
    [['report', '--agent', '../x'], '--agent: "../x" is not a name'],
    ...['', '7', '0d', '-1d', '1.5h', '7y', '99999w'].map((since): [string[], string] => [
      ['report', `--since=${since}`],
      `--since: ${JSON.stringify(since)} is no time: give how long ago`,
    ]),
    [['run', '--once', '--daemon'], 'say either --once or --daemon, not both'],
    [['run', '--daemon', '--json'], '--json goes with --once'],
    [['schedule', 'crate'], "unknown command 'crate'\n(Did you mean create?)"],
    [['schedule', 'show'], "missing required argument 'name'"],
    [['schedule', 'show', 'a/b'], 'schedule: "a/b" is not a name'],
    [['schedule', 'delete', 'x'.repeat(65)], 'has 65 characters; at most 64 are allowed'],
    [['schedule', 'next', 'n', '--count', '0'], '--count: "0" is not a whole number from 1 to 1000'],
    [['schedule', 'list', '--limit', 'all'], '--limit: "all" is not a whole number from 1 to 1000'],
    [['schedule', 'list', '--after', 'a b'], '--after: give what the page before says'],
    [['schedule', 'history', '--end', 'well'], 'Allowed choices are done, failed, cancelled, left-out'],
    [['schedule', 'history', '--since', 'x'], '--since: "x" is no time'],
    [['schedule', 'pause', 'n', '--note', ' '], '--note: say why, or leave it out'],
    [
      ['schedule', 'create', 'n'],
      'schedule create: nothing was done\n  nothing says when it is due: give --cron,',
    ],
    [['schedule', 'edit', 'n'], 'schedule edit: name what is to change'],
    [['schedule', 'edit', 'n', '--version', '0'], '--version: "0" is not the version of a schedule'],
    [['schedule', 'edit', 'n', '--unset', 'name'], '--unset: "name" is none of start, end,'],
    [['schedule', 'backfill', 'n'], "required option '--from <time>' not specified"],
    [['schedule', 'backfill', 'n', '--from', 'x', '--to', '2026-01-01'], '--from: "x" is no time'],
    [['schedule', 'backfill', 'n', '--from', '2026-01-02', '--to', '2026-01-01'], '--to is before --from'],
    [['schedule', 'missed', '--run', 'n'], '--run: "n" is not NAME@TIME'],
    [['schedule', 'missed', '--skip', 'n@soon'], '--skip: "soon" is no time'],
    [['schedule', 'missed', '--run-all', 'n', '--skip-all', 'n'], 'give --run-all or --skip-all, not both'],
    [['schedule', 'missed', '--run-all', 'n', '--run', 'n@x'], 'or --run-all or --skip-all'],
    [['schedule', 'missed', '--run-all', 'n', '--json'], '--json goes with the list'],
    [['--env-file'], "option '--env-file <file>' argument missing"],
    ...NAMES.filter((name) => name !== 'temporal').map((name): [string[], string] => [
      [...withArguments(name), '--xyzzy'],
      "unknown option '--xyzzy'",
    ]),
  ])('%j', async (args, says) => {
    const { code, stderr } = await inProcess(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});

describe('2: a configuration that cannot be used', () => {
  test.each(NAMES)('%s', async (name) => {
    const args = withArguments(name);
    const file = join(cwd, 'no.env');
    const missing = `tinyscheduler: The env file ${JSON.stringify(file)} does not exist; name another one with --env-file.\n`;
    const told = { code: 2, stdout: '', stderr: missing };
    expect(await inProcess(['--env-file', file, ...args])).toEqual(told);
    if (name !== 'temporal') {
      expect(await inProcess([...args, '--env-file', file])).toEqual(told);
      expect(await inProcess([...args, `--env-file=${file}`])).toEqual(told);
    }
    const { code, stderr } = await inProcess(args, { TINYSCHEDULER_LOOP_INTERVAL_SEC: '0' });
    expect(code).toBe(2);
    expect(stderr).toContain('TINYSCHEDULER_LOOP_INTERVAL_SEC is "0" (from the environment): must be');
  });

  test.concurrent.each<[string[], Record<string, string>, string]>([
    [['status', '--env-file', 'no.env'], {}, 'no.env" does not exist; name another one with --env-file.'],
    [['status', '--log-level', 'loud'], {}, 'TINYSCHEDULER_LOG_LEVEL is "loud" (from --log-level)'],
    [
      ['status'],
      { TEMPORAL_TLS_CLIENT_CERT_PATH: '/nonexistent' },
      'The settings for Temporal (TEMPORAL_*) cannot be used',
    ],
    // Without an address they need a Temporal CLI.
    [['run'], { TEMPORAL_ADDRESS: '', TEMPORAL_CLI: '/nonexistent' }, 'TEMPORAL_CLI is "/nonexistent"'],
    [['temporal', 'x'], { TEMPORAL_CLI: '/nonexistent' }, 'TEMPORAL_CLI is "/nonexistent"'],
    [['worker'], { TINYSCHEDULER_GOOSE_BIN: '/nonexistent' }, 'TINYSCHEDULER_GOOSE_BIN is "/nonexistent"'],
  ])('as a process: %j with %j', async (args, more, says) => {
    const { code, stdout, stderr } = await run(args, more);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
  });

  test.skipIf(process.getuid?.() !== 0)('an env file that this user may not read', async () => {
    const envFile = join(cwd, 'mine.env');
    writeFileSync(envFile, 'A=1', { mode: 0o600 });
    chmodSync(cwd, 0o755);
    const args = ['config', '--show', '--env-file', envFile];
    const { code, stderr } = await command(args, { cwd: '/', env, uid: NOBODY });
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be read (EACCES')]);
  });
});

describe('1: it did not work', () => {
  test('Temporal is down', async () => {
    const args = [...OF_SCHEDULER.map(withArguments), ...OF_SCHEDULES];
    for (const [name, value] of Object.entries({ ...env, TINYSCHEDULER_BASE_PATH: cwd }))
      vi.stubEnv(name, value);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    // All wait for the same deadline.
    const told = await Promise.all(
      args.map((each) =>
        program()
          .parseAsync(each, { from: 'user' })
          .then(
            () => [each, 0, ''],
            async (error) => [each, await exitCodeOf(error), await messageOf(error)],
          ),
      ),
    );
    expect(told).toEqual(args.map((each) => [each, 1, expect.stringContaining('127.0.0.1:1')]));
  });

  test.concurrent.each([
    [['status']],
    [['run', '--once']],
    [['temporal', 'workflow', 'list', '--command-timeout', '2s']],
  ])('Temporal is down, as a process: %j', async (args) => {
    const { code, stderr } = await run(args);
    expect([code, stderr]).toEqual([1, expect.stringContaining('127.0.0.1:1')]);
  });

  test('TinyTask is down', async () => {
    for (const args of [['add', 'a task'], ['report']]) {
      const { code, stdout, stderr } = await inProcess(args, env);
      expect([args, code, stdout, stderr]).toEqual([
        args,
        1,
        '',
        expect.stringContaining('http://127.0.0.1:1'),
      ]);
    }
  });

  test.skipIf(process.getuid?.() !== 0)('a place that this user may not read, nor write', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'hidden-'));
    try {
      writeFileSync(join(stateDir, 'embedded.json'), '{}', { mode: 0o600 });
      const there = { PATH: env.PATH ?? '', HOME: '/nonexistent', TINYSCHEDULER_STATE_DIR: stateDir };
      const as = (...args: string[]) => command(args, { cwd: '/', env: there, uid: NOBODY });
      // Its exit code is that of whatever runs at the usual addresses.
      const { stderr } = await as('status');
      expect(stderr).toMatch(
        /embedded.json cannot be read by this user.*: run this as the user who started it/,
      );
      const stop = await as('stop');
      expect([stop.code, stop.stderr]).toEqual([
        1,
        expect.stringMatching(/EACCES.*This user may not do that: run/),
      ]);
    } finally {
      rmSync(stateDir, { recursive: true, force: true });
    }
  });

  test.skipIf(process.getuid?.() !== 0)('directories that this user may not make', async () => {
    const { code, stdout } = await command(['validate-config', '--fix'], { cwd: '/', env, uid: NOBODY });
    expect([code, stdout]).toEqual([1, expect.stringContaining('cannot be used: EACCES')]);
  });
});

describe('with a server and a TinyTask, and nobody who works', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
    await system.agents([{ agentName: 'ada', agentType: 'dev' }]);
    await newTask(system, { queue: 'dev' });
    const { id } = await newTask(system, { queue: 'dev' });
    await system.tinytask.update(id, { status: 'complete' });
  });
  afterAll(() => system.stop());
  const here = (args: string[], more: Record<string, string> = {}) =>
    command(args, { cwd: system.dir, env: { ...system.env, ...more } });

  test.concurrent.each<[string[], string]>([
    [['explain', '42'], 'TinyTask has no task 42.'],
    [
      ['schedule', 'create', 'nightly', '--every', '1h', '--title', 't', '--queue', 'dev'],
      'No daemon has answered within 15 s, so it is kept for the next one that comes up',
    ],
  ])('1, and nothing on stdout, as a process: %j', async (args, says) => {
    const { code, stdout, stderr } = await here(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`tinyscheduler: ${says}`);
  });

  test.each<[string[], string]>([
    [['retry', '42'], 'TinyTask has no task 42.'],
    [['run-now', '42'], 'TinyTask has no task 42.'],
    [['cancel', '42'], 'TinyTask has no task 42.'],
    [['cancel', '1'], 'Task 1 is idle and has no run, so there is nothing to cancel.'],
    [['pause', '--agent', 'bob'], 'There is no agent "bob" that has had a pass. There are: none yet.'],
    [['cancel', '2'], 'Task 2 is complete, so there is nothing to cancel.'],
    [['run-now', '2'], 'Task 2 is complete, so there is nothing to run.'],
    [['tasks', '--agent', 'bob'], 'There is no agent "bob" that has had a pass. There are: ada.'],
    [['tasks', '--pool', 'dve'], 'There is no queue "dve" that has had a pass. There are: dev.'],
    [['check', '--pool', 'dve'], 'There is no queue "dve" that has had a pass. There are: dev.'],
    [['runs', '--agent', 'bob'], 'There is no agent "bob" that has had a pass. There are: ada.'],
    [['logs', '42'], 'TinyTask has no task 42.'],
    [['logs', '1'], 'Task 1 has had no attempt yet; `explain 1` tells why.'],
    // It was asked for, and nobody has made it.
    [['schedule', 'show', 'nightly'], 'There is no schedule "nightly".'],
  ])('1, and nothing on stdout: %j', async (args, says) => {
    const { code, stdout, stderr } = await inProcess(args, system.env);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`tinyscheduler: ${says}`);
  });

  test('2: a pass without goose to be had', async () => {
    const { code, stderr } = await here(['run'], { TINYSCHEDULER_GOOSE_BIN: '/nonexistent' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('TINYSCHEDULER_GOOSE_BIN is "/nonexistent"')]);
  });

  test.each<[string[], string]>([
    [['--queue', 'dve'], 'nobody takes it now: no agent serves queue "dve"'],
    [['--queue', 'dve'], '(did you mean "dev"?)'],
    [
      ['--agent', 'bob'],
      'nobody takes it now: it is assigned to "bob", which is neither in the agent control file',
    ],
    [[], 'it has neither a queue nor an agent'],
  ])('0, with a word on stderr: add %j', async (options, says) => {
    const { code, stdout, stderr } = await inProcess(['add', 'a task', ...options], system.env);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Task \d+ "a task" added\.\n$/)]);
    expect(stderr).toContain(says);
  });

  test('0: what was asked for was done', async () => {
    for (const args of [['--help'], ['status', '--json']]) {
      const { code, stderr } = await here(args);
      expect([args, code, stderr]).toEqual([args, 0, '']);
    }
    for (const args of [['explain', '--help'], ['pause'], ['resume'], ...LISTINGS]) {
      const { code, stderr } = await inProcess(args, system.env);
      // Whoever wants work to go on is told that nobody is there for it.
      const hint =
        args[0] === 'resume' ? expect.stringMatching(/^tinyscheduler: no daemon is running now/) : '';
      expect([args, code, stderr]).toEqual([args, 0, hint]);
    }
    const more = { TEMPORAL_CLI: env.TEMPORAL_CLI ?? '' };
    const passedOn = await here(['temporal', 'workflow', 'list', '--output', 'json'], more);
    expect([passedOn.code, passedOn.stdout]).toEqual([0, expect.stringContaining('"scheduler"')]);
    expect((await here(['temporal', 'workflow', 'no-such'], more)).code).toBe(1);
  });
});

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { apiSettings } from '../../api/guard/settings.ts';
import { serveApi } from '../../api/serve.ts';
import type { Listening } from '../../api/server/listen.ts';
import { TokenStore } from '../../api/tokens/token-store.ts';
import { openContext } from '../../client/cli/call/context.ts';
import { placeOf } from '../../client/cli/serve/place-of.ts';
import { forCommands } from '../../client/cli/serve/serve-api.ts';
import { KeyStore } from '../../client/keys/key-store.ts';
import { surroundingsOf } from '../../client/schedules/surroundings.ts';
import { writeApiPlace } from '../../embedded/presence/api-place.ts';
import { identify } from '../../os/process-identity.mjs';
import { allowed } from '../support/allowed.ts';
import { command, type Ended } from '../support/command.ts';
import { mainForTests } from '../support/daemon-process.ts';
import { inProcess } from '../support/in-process.ts';
import { type System, startSystem } from '../support/system.ts';
import { inPhase, newTask, parkedTask } from '../support/task-runs.ts';

// What a command says, and how it ends, is the same whether the API carries it out or the command itself.

let system: System;
let api: Listening;
let daemon: Awaited<ReturnType<System['start']>>;
/** Paths that the API was asked for by commands. */
let asked: string[] = [];
let quick: string;
let hook: string;
const ids = { parked: [0, 0], running: [0, 0], idle: [0, 0] };

beforeAll(async () => {
  quick = join(mainForTests(), '../../../quick/main.cjs');
  system = await startSystem();
  Object.assign(system.env, { TINYSCHEDULER_KILL_GRACE_SEC: '1', TINYSCHEDULER_LOG_LEVEL: 'ERROR' });
  await system.agents([
    { agentName: 'ada', agentType: 'dev', limit: 4 },
    { agentName: 'bob', agentType: 'qa' },
  ]);
  await system.recipe('ada', 'MODEL: wait 600s\nMODEL: say done');
  hook = join(system.dir, 'hook.cjs');
  await writeFile(
    hook,
    "process.on('exit', () => require('node:fs').writeFileSync(process.env.LOADED, Object.keys(require.cache).join('\\n')));",
  );
  daemon = await system.start('daemon');
  for (const way of [0, 1]) ids.parked[way] = await parkedTask(system, 'ada');
  for (const way of [0, 1]) ids.running[way] = (await newTask(system, { assignedTo: 'ada' })).id;
  for (const way of [0, 1]) ids.idle[way] = (await newTask(system, { queue: 'nobody' })).id;
  for (const id of ids.running) await inPhase(system, id, 'running');
  const made = ['schedule', 'create', 'nightly', '--cron', '0 3 * * *', '--timezone', 'UTC', '--title', 'x'];
  expect(await inProcess([...made, '--agent', 'bob'], system.env)).toMatchObject({ code: 0 });
  await startApi();
});
afterAll(async () => {
  await api?.close();
  await system.stop();
});

async function startApi(): Promise<void> {
  const open = () => openContext({ basePath: system.dir }, {}, () => undefined);
  for (const [name, value] of Object.entries(system.env)) vi.stubEnv(name, value);
  const context = open();
  const { config } = context.loaded;
  vi.unstubAllEnvs();
  api = await serveApi({
    settings: apiSettings(config),
    port: 0,
    place: placeOf(open),
    around: () => surroundingsOf(config),
    validate: async () => ({ findings: [], made: [] }),
    commands: forCommands(open),
    tokens: new TokenStore(config.stateDir, () => undefined),
    keys: new KeyStore(config.stateDir),
    tell: (event) => {
      if (event.what === 'answered' && event.path.startsWith('/api/facts/'))
        asked.push(`${event.path.replace('/api/facts/', '')} ${event.status}`);
    },
  });
}

/** With the API, or without it. */
async function run(args: string[], way: 'api' | 'here', env = {}): Promise<Ended> {
  asked = [];
  await place(way);
  return inProcess(args, { ...system.env, ...env });
}

async function place(way: 'api' | 'here'): Promise<void> {
  const me = identify(process.pid);
  if (me === undefined) throw new Error('this process has no identity');
  const there = { ...me, url: api.url, version: '', configuration: '', tokenRequired: false };
  if (way === 'api') await writeApiPlace(join(system.dir, 'state'), there);
  else await rm(join(system.dir, 'state/api.json'), { force: true });
}

/** What differs between two runs of the same command: when it was, and which of two like tasks it was about. */
function masked({ code, stdout, stderr }: Ended, way: 0 | 1): unknown {
  const same = (text: string) =>
    Object.entries(ids).reduce(
      (so, [name, each]) => so.replaceAll(new RegExp(`([Tt]ask |retry )${each[way]}\\b`, 'g'), `$1<${name}>`),
      text
        .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, '<time>')
        .replace(/\b[\d.]+ (ms|s|min|h)\b/g, '<a while>')
        // A pass may lie between the two.
        .replace(/\b\d+ started, /, '<some> started, ')
        // A column is as wide as its longest age.
        .replace(/ {2,}/g, '  ')
        .replace(/("(seconds|waited|took_ms|ms|age|since_ms)[a-z_]*": )[\d.]+/g, '$1<a while>')
        // Where the API is served is told by the record that the other way does without.
        .replace(/\nAPI: .*\n/, '')
        .replace(/"api": (null|\{[^}]*\})/g, '"api": <there or not>')
        // Its signal may not have been read yet when it looks.
        .replace(/(is no longer paused, and starts nothing yet.*|starts tasks again\.)/, '<resumed>'),
    );
  return { code, stdout: same(stdout), stderr: same(stderr) };
}

async function expectSame(args: string[], expected: { code: number; asked: RegExp }): Promise<void> {
  const here = masked(await run(args, 'here'), 0);
  expect(asked).toEqual([]);
  const there = masked(await run(args, 'api'), 0);
  expect({ args, ...(there as object) }).toEqual({ args, ...(here as object) });
  expect([args, (there as Ended).code]).toEqual([args, expected.code]);
  expect(asked.join(', ')).toMatch(expected.asked);
}

const OK = { code: 0, asked: /^[\w.]+ 200(, [\w.]+ 200)*$/ };
const NO_SUCH = { code: 1, asked: /^[\w.]+ 404$/ };
const READS: [string[], typeof OK][] = [
  [['status'], OK],
  [['check'], { ...OK, code: 1 }],
  [['check', '--waiting', '0', '--pool', 'nosuch'], NO_SUCH],
  [['agents'], OK],
  [['pools'], OK],
  [['tasks'], OK],
  [['tasks', '--phase', 'running', '--agent', 'ada', '--since', '2h'], OK],
  [['tasks', '--agent', 'eve'], NO_SUCH],
  [['runs'], OK],
  [['explain', '1'], OK],
  [['explain', '999'], NO_SUCH],
  [['explain', '--all'], OK],
  [['forecast'], OK],
  [['what-if', 'limit', 'ada', '9'], OK],
  [['what-if', 'limit', 'eve', '9'], NO_SUCH],
  [['schedule', 'list'], OK],
  [['schedule', 'show', 'nightly'], OK],
  [['schedule', 'show', 'nigthly'], NO_SUCH],
  [['schedule', 'next', 'nightly', '--count', '3'], OK],
  [['schedule', 'history'], OK],
  [['schedule', 'history', 'nothing'], NO_SUCH],
  [['schedule', 'missed'], OK],
];

describe('what looks', () => {
  test.each(READS)('%j', async (args, expected) => {
    await expectSame(args, expected);
    if (args[0] !== 'explain' || args[1] !== '999') await expectSame([...args, '--json'], expected);
  });
});

describe('what is over in a moment', () => {
  const commands = [
    ['status'],
    ['check'],
    ['explain', '1'],
    ['tasks'],
    ['pause'],
    ['resume'],
    ['schedule', 'list'],
  ];
  test.each(commands)('%s loads nothing of Temporal by the API', async (...args) => {
    const loaded = async (way: 'api' | 'here') => {
      await place(way);
      // The API is served by this process, and configured by its environment.
      for (const [name, value] of Object.entries(system.env)) vi.stubEnv(name, value);
      const list = join(system.dir, 'loaded.txt');
      const env = { ...system.env, LOADED: list, NODE_OPTIONS: `--require ${hook}` };
      const { stderr } = await command(args, { cwd: system.dir, env, main: quick });
      vi.unstubAllEnvs();
      expect(stderr).toBe('');
      // Each module says in its chunk where it came from.
      const files = (await readFile(list, 'utf8')).split('\n').filter((file) => file.endsWith('.cjs'));
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
      return texts.join('').match(/node_modules\/(@temporalio|@grpc|protobufjs)\//g)?.length ?? 0;
    };
    expect(await loaded('api')).toBe(0);
    // What sees none where there are some would see nothing.
    if (args[0] === 'status') expect(await loaded('here')).toBeGreaterThan(10);
  });
});

/** By each way about a task of its own, where there is one. */
const WRITES: [(way: 0 | 1) => string[], number][] = [
  [() => ['pause', '--note', 'lunch'], 0],
  [() => ['resume'], 0],
  [() => ['pause', '--queue', 'dev'], 0],
  [() => ['resume', '--agent', 'bob'], 0],
  [() => ['resume', '--queue', 'dev'], 0],
  [() => ['pause', '--queue', 'none'], 1],
  [() => ['pause', '--agent', 'eve'], 1],
  [() => ['stop-agents', '--agent', 'bob'], 0],
  [() => ['start-agents', '--agent', 'bob'], 0],
  [() => ['agents', 'set-limit', 'ada', '4'], 0],
  [() => ['run-now'], 0],
  [(way) => ['run-now', String(ids.idle[way])], 0],
  [() => ['run-now', '999'], 1],
  [(way) => ['cancel', String(ids.running[way])], 0],
  [(way) => ['cancel', String(ids.idle[way])], 1],
  [() => ['cancel', '999'], 1],
  [(way) => ['retry', String(ids.parked[way])], 0],
  [() => ['retry', '999'], 1],
  [() => ['add', 'a task', '--queue', 'nowhere'], 0],
  [() => ['schedule', 'pause', 'nightly', '--note', 'why'], 0],
  [() => ['schedule', 'run-now', 'nightly'], 1],
  [() => ['schedule', 'resume', 'nightly'], 0],
  [() => ['schedule', 'pause', 'nothing'], 1],
  [() => ['schedule', 'run-now', 'nothing'], 1],
];

test('what changes something', async () => {
  const did = async (way: 0 | 1) => {
    const all: unknown[] = [];
    for (const [args, code] of WRITES) {
      const ended = await run(args(way), way === 0 ? 'here' : 'api');
      expect([args(way), ended.code, ended.stderr]).toEqual([args(way), code, expect.any(String)]);
      // What is for administrators is done by the command itself.
      const isAsked = way === 1 && args(way)[1] !== 'set-limit';
      expect([args(way), asked.some((each) => !each.endsWith('403'))]).toEqual([args(way), isAsked]);
      all.push([args(0), numberless(masked(ended, way))]);
    }
    return all;
  };
  expect(await did(1)).toEqual(await did(0));
});

/** Of a task that was added, the number. */
function numberless(said: unknown): unknown {
  return JSON.parse(JSON.stringify(said).replace(/Task \d+ \\"a task/, 'Task <new> \\"a task'));
}

test('TinyTask is down', async () => {
  const back = await system.withoutTinyTask();
  try {
    for (const args of [['status'], ['tasks'], ['explain', '1'], ['run-now', '1'], ['retry', '999']]) {
      const here = masked(await run(args, 'here'), 0);
      expect(masked(await run(args, 'api'), 0)).toEqual(here);
      expect([args, asked.length]).toEqual([args, expect.toSatisfy((times: number) => times > 0)]);
    }
    const add = ['add', 'x', '--queue', 'dev'];
    expect(masked(await run(add, 'api'), 0)).toEqual(masked(await run(add, 'here'), 0));
  } finally {
    await back();
  }
});

test('a command that is configured otherwise does it by itself', async () => {
  const file = join(system.dir, 'other.env');
  await writeFile(file, 'TINYSCHEDULER_HEARTBEAT_SEC=9\n');
  const args = ['status', '--json', '--env-file', file];
  const here = masked(await run(args, 'here'), 0);
  expect(masked(await run(args, 'api'), 0)).toEqual(here);
  expect(asked).toEqual(['status 409']);
});

test('Temporal is down', async () => {
  await daemon.stop();
  const back = await system.withoutServer();
  try {
    const here = masked(await run(['status'], 'here'), 0);
    const beganMs = performance.now();
    expect(masked(await run(['status'], 'api'), 0)).toEqual(here);
    // No time limit counts twice.
    expect(performance.now() - beganMs).toBeLessThan(allowed(9_000));
    expect(asked).toEqual(['status 503']);
    const added = await run(['add', 'x', '--queue', 'dev'], 'api');
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Task \d+ "x" added\.\n$/) });
    expect(asked).toEqual(['add 503']);
  } finally {
    await back();
  }
});

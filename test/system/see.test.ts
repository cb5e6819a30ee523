import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { taskWorkflowId } from '../../contract/ids.ts';
import { tidyOnce } from '../../workers/keep-logs-tidy.ts';
import { allowed } from '../support/allowed.ts';
import type { Ended } from '../support/command.ts';
import { mainForTests } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { inProcess } from '../support/in-process.ts';
import { type System, startSystem } from '../support/system.ts';
import { gooseLives, inPhase, newTask, runResult } from '../support/task-runs.ts';

let system: System;
/** Complete; parked after one attempt; at work for long; waiting for that one; in nobody's pool. */
let done: number;
let parked: number;
let atWork: number;
let blocked: number;
let nobodys: number;

beforeAll(async () => {
  system = await startSystem();
  Object.assign(system.env, { TINYSCHEDULER_MAX_ATTEMPTS: '1', TINYSCHEDULER_KILL_GRACE_SEC: '1' });
  await system.agents([
    { agentName: 'ada', agentType: 'dev' },
    { agentName: 'bob', agentType: 'qa' },
    { agentName: 'cy', agentType: 'slow' },
  ]);
  await system.recipe('ada', 'MODEL: say done');
  await system.recipe('bob', 'MODEL: empty');
  await system.recipe('cy', 'MODEL: wait 600s\nMODEL: say done');
  done = (await newTask(system, { queue: 'dev' })).id;
  parked = (await newTask(system, { queue: 'qa' })).id;
  atWork = (await newTask(system, { queue: 'slow' })).id;
  blocked = (await newTask(system, { queue: 'dev', blockedByTaskId: atWork })).id;
  nobodys = (await newTask(system, { title: 'no\u001b[2Jbody' })).id;
  await system.start('daemon');
  await Promise.all([runResult(system, done), inPhase(system, parked, 'parked'), gooseLives(system, atWork)]);
  await eventually('the server lists what has ended', async () => {
    const { runs } = await json<{ runs: unknown[] }>('runs');
    return runs.length > 0 ? true : undefined;
  });
});
afterAll(() => system.stop());

/** The command in this process. */
function here(...args: string[]): Promise<Ended> {
  return inProcess(args, system.env);
}

function hereWith(more: Record<string, string>, ...args: string[]): Promise<Ended> {
  return inProcess(args, { ...system.env, ...more });
}

async function json<Answer>(...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await here(...args, '--json');
  expect([args, code, stderr]).toEqual([args, 0, '']);
  return JSON.parse(stdout) as Answer;
}

interface TaskLine {
  task_id: number;
  phase: string;
}

describe('what is there', () => {
  test('tasks, with filters that combine', async () => {
    const tasks = (...filter: string[]) => json<{ tasks: TaskLine[] }>('tasks', ...filter);
    const all = await tasks();
    const ofBob = await tasks('--agent', 'bob', '--phase', 'parked', '--since', '1h');
    const none = await tasks('--agent', 'bob', '--pool', 'dev');
    expect(all.tasks.map(({ task_id: id, phase }) => [id, phase])).toEqual([
      [atWork, 'running'],
      [nobodys, 'waiting'],
      [blocked, 'blocked'],
      [parked, 'parked'],
    ]);
    expect(ofBob.tasks.map(({ task_id: id }) => id)).toEqual([parked]);
    expect(none.tasks).toEqual([]);
    const { stdout } = await here('tasks');
    expect(stdout).toContain('no�[2Jbody');
    expect(stdout).toContain(`blocked by task ${atWork}`);
  });

  test('pools and agents', async () => {
    const { pools, placeless } = await json<{ pools: object[]; placeless: number }>('pools');
    const { agents } = await json<{ agents: object[] }>('agents');
    expect(placeless).toBe(1);
    expect(pools).toMatchObject([
      { pool: 'dev', waiting: 1, blocked: 1, arrived_last_hour: 2, ended_last_hour: 1, oldest: null },
      { pool: 'qa', waiting: 0, arrived_last_hour: 1, ended_last_hour: 0 },
      { pool: 'slow', held: 1, limit: 1, line: 0 },
    ]);
    expect(agents).toMatchObject([
      { name: 'ada', held: 0, runs: [] },
      { name: 'bob', held: 0, health: 'well' },
      { name: 'cy', held: 1, runs: [{ task_id: atWork, host: hostname(), state: 'running' }] },
    ]);
  });

  test('runs that have ended, with what their attempts came to', async () => {
    const { runs } = await json<{ runs: object[] }>('runs');
    expect(runs).toMatchObject([
      {
        ...{ task_id: done, agent: 'ada', how: 'by-itself', end: 'complete', verdict: 'completed' },
        attempts: [{ attempt: 1, host: hostname(), log: expect.stringMatching(/^task_\d+_attempt_1_/) }],
      },
    ]);
    expect((await here('runs', '--agent', 'cy')).stdout).toContain('No run like that has ended');
    expect((await json<{ runs: object[] }>('runs', '--agent', 'ada', '--since', '1h')).runs).toHaveLength(1);
  });
});

describe('what is foreseen', () => {
  test('by what has ended: what runs, what comes then, and what does not start by itself', async () => {
    const found = await json<{ tasks: object[]; rests_on: object }>('forecast');
    expect(found).toMatchObject({ scheduler: 'running', rests_on: { tasks: 1, not_over: 0 } });
    expect(found.tasks).toMatchObject([
      {
        task_id: atWork,
        is: 'running',
        agent: 'cy',
        end: { p50: expect.any(String) },
        basis: { level: 'all', tasks: 1 },
      },
      { task_id: parked, is: 'kept', reason: 'parked', end: null },
      { task_id: blocked, is: 'to-run', agent: 'ada', reason: 'blocked', start: { p50: expect.any(String) } },
      { task_id: nobodys, is: 'kept', reason: 'unassigned' },
    ]);
    const { stdout } = await here('forecast', String(blocked));
    expect(stdout).toMatch(/^Task \d+: blocked by task \d+\.\nIt starts at .*UTC/);
    const table = (await here('forecast')).stdout;
    expect(table).toContain('2 tasks do not start by themselves.');
  });

  test('a change is tried, and nothing is written or signalled', async () => {
    const seen = async () => {
      const histories = ['pool-dev', 'pool-qa', 'pool-slow'].map((id) =>
        system.client.workflow.getHandle(id),
      );
      const lengths = await Promise.all(histories.map(async (each) => (await each.describe()).historyLength));
      return [lengths, await system.tinytask.listOpen()];
    };
    const before = await seen();
    const about = await json<{ keeps: object[]; says: string }>(
      'what-if',
      'pause',
      'ada',
      'limit',
      'cy',
      '3',
    );
    expect(about.keeps).toMatchObject([{ task_id: blocked, kept_by: { reason: 'agent-paused' } }]);
    expect((await here('what-if', 'add', 'di', '--queue', 'new')).stdout).toContain('It makes no difference');
    expect(await seen()).toEqual(before);
  });

  test.each<[() => string[], number, RegExp, Record<string, string>?]>([
    [() => ['forecast', '999'], 1, /TinyTask has no task 999/],
    [() => ['forecast', String(done)], 1, /is complete, so there is nothing to foresee/],
    [() => ['forecast', 'x'], 2, /is not a task id/],
    [() => ['forecast'], 1, /does not answer|cannot be reached/, { TEMPORAL_ADDRESS: '127.0.0.1:1' }],
    [() => ['what-if', 'pause', 'eve'], 1, /There is no agent "eve".*ada, bob, cy/],
    [() => ['what-if', 'add', 'ada', '--queue', 'dev'], 1, /There is an agent "ada" already/],
    [() => ['what-if', 'limit', 'ada', '1001'], 2, /is not a number of slots/],
    [() => ['what-if', 'stop', 'ada'], 2, /"stop" is no change/],
  ])('wrong use %#', async (args, code, says, more = {}) => {
    const ended = await hereWith(more, ...args());
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringMatching(says)]);
  });
});

describe('logs', () => {
  test('the log of an attempt is shown, and nothing in it is obeyed', async () => {
    const { path, text, verdict } = await json<{ path: string; text: string; verdict: string }>(
      'logs',
      String(done),
    );
    expect([path.startsWith(join(system.dir, 'state')), verdict]).toEqual([true, 'completed']);
    expect(text).toContain('done');
    await appendFile(path, Buffer.from('\u001b[2Jhi\u0007\rthere \xff\n', 'latin1'));
    const { code, stdout, stderr } = await here('logs', String(done), '--attempt', '1');
    expect([code, stderr]).toEqual([0, expect.stringContaining(`attempt 1 on ada: ${path}`)]);
    expect(stdout).toContain('�[2Jhi there �');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('wrong attempts, and a log that is no longer kept; that of a parked task is', async () => {
    const { path, text } = await json<{ path: string; text: string }>('logs', String(done));
    const { path: kept } = await json<{ path: string }>('logs', String(parked));
    expect(await here('logs', String(done), '--attempt', '7')).toEqual({
      ...{ code: 1, stdout: '' },
      stderr: `tinyscheduler: Task ${done} has no attempt 7. There are: 1.\n`,
    });
    const longAgo = new Date(Date.now() - 15 * 86_400_000);
    for (const log of [path, kept]) await utimes(log, longAgo, longAgo);
    const logs = { logDir: join(system.dir, 'state/logs'), logKeepDays: 14, logKeepBytes: 1e9 };
    expect(await tidyOnce(system.client, logs)).toBe(undefined);
    expect([existsSync(path), existsSync(kept)]).toEqual([false, true]);
    for (const how of [[], ['--follow'], ['--json']]) {
      const { code, stdout, stderr } = await here('logs', String(done), ...how);
      expect([how, code, stdout]).toEqual([how, 1, '']);
      expect(stderr).toContain(`is not at ${path}: it is no longer kept (logs are for 14 days`);
    }
    await writeFile(path, text);
  });

  test('one that is over is followed to its end', async () => {
    const { code, stdout, stderr } = await here('logs', String(parked), '--follow');
    expect([code, stdout]).toEqual([0, expect.stringContaining('{')]);
    expect(stderr).toMatch(/attempt 1 is over after \d+ s: agent-failed, /);
  });

  test('Ctrl-C ends the following at once', async () => {
    const following = follow(atWork);
    await following.shows('goose is ready');
    const beganAt = performance.now();
    following.child.kill('SIGINT');
    expect(await following.code).toBe(0);
    expect(performance.now() - beganAt).toBeLessThan(allowed(5_000));
  });
});

describe('what changes', () => {
  test('a watch goes on until it is stopped', async () => {
    const watching = start(['status', '--watch']);
    await watching.shows('Scheduler: running');
    await watching.shows('Scheduler: running', 2);
    watching.child.kill('SIGINT');
    expect(await watching.code).toBe(0);
  });

  test('TinyTask is down: what needs it says so, and the rest is told', async () => {
    const back = await system.withoutTinyTask();
    const [tasks, pools, agents] = [await here('tasks'), await here('pools', '--json'), await here('agents')];
    const [runs, logs] = [await here('runs'), await here('logs', String(done))];
    await back();
    expect([tasks.code, tasks.stdout, tasks.stderr]).toEqual([1, '', expect.stringContaining('TinyTask')]);
    expect([pools, agents, runs, logs].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const { pools: known, problems } = JSON.parse(pools.stdout);
    expect(known[2]).toMatchObject({ pool: 'slow', held: 1, waiting: null, arrived_last_hour: null });
    expect(problems).toEqual([expect.stringContaining('TinyTask')]);
    expect(agents.stdout).toContain('Problem: TinyTask');
  });

  test('a log is followed until its attempt is over; a run that was ended from outside says so', async () => {
    const following = follow(atWork);
    await following.shows('goose is ready');
    await system.client.workflow.getHandle(taskWorkflowId(atWork)).cancel();
    expect(await following.code).toBe(0);
    expect(following.stderr()).toMatch(/attempt 1 is over.*: cancelled, /);

    await system.client.workflow.getHandle(taskWorkflowId(parked)).terminate('by a test');
    await eventually('the server lists it', async () => {
      const { runs } = await json<{ runs: { task_id: number; how: string; end: null }[] }>('runs');
      return runs.find(({ task_id: id, how, end }) => id === parked && how === 'terminated' && end === null);
    });
    expect((await here('runs')).stdout).toContain('its run was ended from outside');
  });
});

const follow = (taskId: number) => start(['logs', String(taskId), '--follow']);

/** A command that goes on. */
function start(args: string[]) {
  const child = spawn(process.execPath, ['--', mainForTests(), ...args], {
    ...{ cwd: system.dir, env: system.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (chunk: Buffer) => {
      said[stream] += chunk;
    });
  return {
    child,
    code: once(child, 'close').then(([code]) => code as number | null),
    stderr: () => said.stderr,
    shows: (text: string, times = 1) =>
      eventually(`${args.join(' ')} shows ${text}`, async () =>
        said.stdout.split(text).length > times ? true : undefined,
      ),
  };
}

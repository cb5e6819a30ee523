import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import type { SchedulerEvent } from '../../../activities/events.ts';
import { settleActivities } from '../../../activities/settle/settle.ts';
import { loadConfig } from '../../../config/load.ts';
import type { SettleInput } from '../../../contract/activities.ts';
import type { AttemptResult } from '../../../contract/run.ts';
import { NO_PAST } from '../../../domain/attempt/follow.ts';
import type { DoneRules } from '../../../domain/run-rules.ts';
import { callTinyTask } from '../../chaos/tinytask-calls.ts';
import { clientOf, type DescribedRun, type Signalled } from '../../support/described-runs.ts';
import { type HoldingProxy, startHoldingProxy } from '../../support/holding-proxy.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';

const pool = { pool: 'dev', agent: 'ada' };

/** A task that is `working` with ada, or with nobody; what settling it tells is kept in `told`, and in `log`. */
async function stand(assignedTo: string | null, deadlineMs = 10_000) {
  const { endpoint } = await embeddedTinyTask();
  const proxy = await startHoldingProxy(endpoint);
  const tinytask = client(endpoint);
  const created = await tinytask.create({ title: 'a', createdBy: 'test', queue: 'dev' });
  if (assignedTo !== null) await tinytask.update(created.id, { status: 'working', assignedTo });
  const heard: Signalled[] = [];
  const log: SchedulerEvent[] = [];
  const runs: DescribedRun[] = [];
  const { config } = loadConfig({ env: {}, cwd: '/' });
  const activities = settleActivities({
    ...{ client: clientOf(() => runs, heard), tinytask: client(proxy.endpoint, deadlineMs), config },
    tell: (event) => void log.push(event),
  });
  const task = { id: created.id, createdAt: created.createdAt };
  const input = (result: Partial<AttemptResult>, change: Partial<SettleInput> = {}): SettleInput => ({
    ...{ task, agent: 'ada', number: 1, runId: 'run' },
    ended: { taskId: created.id, state: 'ended', agent: 'ada', pool },
    decided: { past: NO_PAST, follow: { next: 'end' } },
    policy: { maxAttempts: 3, backOffMs: 1, backOffMaxMs: 1, maxWorkerLosses: 5, maxRunsInARow: 20 },
    result: {
      verdict: { kind: 'model-unavailable', reason: 'the model answered 500' },
      ...{ claimed: true, log: null, host: 'box', seconds: 1, turns: 1, tokens: null },
      ...result,
    },
    ...change,
  });
  const { settle, lookAtTask } = activities;
  const told = () => heard.map(({ content }) => content);
  const call = (tool: string, args: object = {}) => callTinyTask(endpoint, tool, { id: task.id, ...args });
  return {
    endpoint,
    proxy,
    tinytask,
    told,
    log,
    runs,
    settle,
    lookAtTask,
    input,
    call,
    task,
    id: created.id,
  };
}

type Stand = Awaited<ReturnType<typeof stand>>;
const completed = { verdict: { kind: 'completed', reason: 'it ended well' } } as const;
const WRITES = ['add_comment', 'update_task'];
const VERIFY = { command: ['true'], maxRuntimeSec: 1 };

test('done twice it finds what it has written, and says and counts the same', async () => {
  const { tinytask, settle, input, id } = await stand('ada');
  const first = await settle(input({}));
  const second = await settle(input({}));
  expect(first).toMatchObject({ outcome: { task: 'returned' }, past: { unfinished: 0 } });
  expect(second).toEqual(first);
  expect((await tinytask.get(id))?.status).toBe('idle');
  expect(await tinytask.comments(id)).toHaveLength(1);
});

test('a claim that arrived makes the assignment ours', async () => {
  const { told, settle, input } = await stand('ada');
  await settle(input({}));
  expect(told()).toMatchObject([{ state: 'ended', pool }]);
});

test('a lost worker that did not claim leaves an assignment to whoever makes one', async () => {
  const { told, settle, input } = await stand(null);
  const settled = await settle(input({}));
  expect(settled).toMatchObject({ outcome: { task: 'untouched' }, schedulerTold: true });
  expect(told()).toEqual([{ taskId: expect.any(Number), state: 'ended', agent: 'ada' }]);
});

describe('what became of the task', () => {
  const subtask = ({ tinytask, id }: Stand) =>
    tinytask.create({ title: 'part', createdBy: 'ada', parentTaskId: id });
  // With the writes that it takes: the comment first, since a retry finds a task that is written not to be ours.
  test.each<[string, Partial<AttemptResult>, (stand: Stand) => Promise<unknown>, object, string[]]>([
    ['completed by us', completed, async () => {}, { task: 'complete', by: 'us' }, ['update_task']],
    [
      'completed by its agent',
      completed,
      ({ tinytask, id }) => tinytask.update(id, { status: 'complete' }),
      { task: 'complete', by: 'agent' },
      [],
    ],
    [
      'not done: it has a subtask',
      completed,
      async (it) => {
        await subtask(it);
        // TinyTask itself has set it to idle.
        await it.tinytask.update(it.id, { status: 'working' });
      },
      { task: 'not-done', reason: 'it has open subtasks (2)' },
      WRITES,
    ],
    [
      'not done: a blocker came',
      completed,
      async ({ tinytask, id }) => {
        const blocker = await tinytask.create({ title: 'first', createdBy: 'ada' });
        await tinytask.update(id, { blockedByTaskId: blocker.id });
      },
      { task: 'not-done', reason: 'it is blocked by task 2' },
      WRITES,
    ],
    [
      'put back by its agent',
      completed,
      ({ tinytask, id }) => tinytask.update(id, { status: 'idle' }),
      { task: 'put-back' },
      [],
    ],
    ['returned', {}, async () => {}, { task: 'returned' }, WRITES],
    [
      'handed on',
      completed,
      ({ tinytask, id }) => tinytask.update(id, { assignedTo: 'bob' }),
      { task: 'handed-off', to: 'bob' },
      [],
    ],
    ['untouched: it was never claimed', { claimed: false }, async () => {}, { task: 'untouched' }, []],
    [
      'archived',
      completed,
      ({ call }) => call('archive_task'),
      { task: 'gone', reason: 'the task was archived' },
      [],
    ],
    [
      'deleted',
      completed,
      ({ call }) => call('delete_task'),
      { task: 'gone', reason: 'the task was deleted' },
      [],
    ],
  ])('%s', async (_, result, change, outcome, writes) => {
    const it = await stand('ada');
    await change(it);
    expect(await it.settle(it.input(result))).toMatchObject({ outcome });
    expect(it.proxy.passed.filter((tool) => WRITES.includes(tool))).toEqual(writes);
    expect(it.log).toMatchObject([{ what: 'settled', taskId: it.id, attempt: 1, outcome }]);
  });
});

test('a task that is completed is read in one call, with its subtasks', async () => {
  const it = await stand('ada');
  await it.settle(it.input(completed));
  expect(it.proxy.passed).toEqual(['get_task_with_subtasks', 'update_task']);
});

describe('a task that is deleted in between', () => {
  test.each([
    ['before its comment', 'get_task'],
    ['before its status', 'add_comment'],
  ])('%s: it is gone, and the run ends', async (_, tool) => {
    const it = await stand('ada');
    const answered = it.proxy.holdAnswer(tool);
    const settling = it.settle(it.input({}, { decided: { past: NO_PAST, follow: { next: 'again' } } }));
    const letGo = await answered;
    await it.call('delete_task');
    letGo();
    expect(await settling).toMatchObject({
      outcome: { task: 'gone', reason: 'the task was deleted' },
      follow: { next: 'end' },
      schedulerTold: true,
    });
  });
});

describe('a TinyTask that does not answer', () => {
  test.each<[string, (proxy: HoldingProxy) => Promise<() => void>, status: string]>([
    ['the reading', (proxy) => proxy.holdCall('get_task'), 'working'],
    ['the comment', (proxy) => proxy.holdAnswer('add_comment'), 'working'],
    ['the status, which did not arrive', (proxy) => proxy.holdCall('update_task'), 'working'],
    ['the status, which did arrive', (proxy) => proxy.holdAnswer('update_task'), 'idle'],
  ])('to %s: that is logged, and the next try says and writes all of it once', async (_, hold, status) => {
    const it = await stand('ada', 500);
    const held = hold(it.proxy);
    const problem = await it.settle(it.input({})).catch((error: Error) => error.message);
    (await held)();
    expect(it.log).toMatchObject([{ what: 'not-settled', problem }]);
    expect(it.told()).toEqual([]);
    expect((await it.tinytask.get(it.id))?.status).toBe(status);

    await it.settle(it.input({}));
    expect((await it.tinytask.get(it.id))?.status).toBe('idle');
    expect(await it.tinytask.comments(it.id)).toHaveLength(1);
    expect(it.told()).toHaveLength(1);
  });
});

test('what is asked for again while it goes on is done, and told, once', async () => {
  const it = await stand('ada');
  const answered = it.proxy.holdAnswer('update_task');
  const result = { ...completed, tokens: 7 };
  const first = it.settle(it.input(result));
  const letGo = await answered;
  const second = it.settle(it.input(result));
  await it.call('get_task');
  letGo();
  expect(await Promise.all([first, second])).toMatchObject(
    Array(2).fill({ outcome: { task: 'complete', by: 'us' }, schedulerTold: true }),
  );
  expect(it.log).toMatchObject([{ what: 'settled', tokens: 7, wrote: 'complete' }]);
  expect(it.told()).toHaveLength(1);
});

test('the scheduler is told only when the run ends with it', async () => {
  const it = await stand('ada');
  const follow = { next: 'back-off', untilMs: 1 } as const;
  const settled = await it.settle(it.input({}, { decided: { past: NO_PAST, follow } }));
  expect([settled.schedulerTold, it.told()]).toEqual([false, []]);
});

test('what lasts until somebody mends it is commented on once, whatever its attempt', async () => {
  const it = await stand('ada');
  for (const number of [1, 2]) {
    await it.tinytask.update(it.id, { status: 'working' });
    await it.settle(it.input({}, { number, runId: `run-${number}` }));
  }
  expect(await it.tinytask.comments(it.id)).toHaveLength(1);
});

describe('a waiting run that looks at its task', () => {
  const look = (it: Stand, agent: string | null = 'ada') =>
    new MockActivityEnvironment({
      workflowExecution: { workflowId: `task-${it.id}`, runId: 'after' },
      currentAttemptScheduledTimestampMs: Date.now(),
    }).run(it.lookAtTask, { task: it.task, agent });

  test.each<[string, (stand: Stand) => Promise<unknown>, object]>([
    ['with ada, idle', ({ tinytask, id }) => tinytask.update(id, { status: 'idle' }), { task: 'untouched' }],
    [
      'complete',
      ({ tinytask, id }) => tinytask.update(id, { status: 'complete' }),
      { task: 'complete', by: 'agent' },
    ],
    ['archived', ({ call }) => call('archive_task'), { task: 'gone', reason: 'the task was archived' }],
    ['deleted', ({ call }) => call('delete_task'), { task: 'gone', reason: 'the task was deleted' }],
    [
      'with bob',
      ({ tinytask, id }) => tinytask.update(id, { assignedTo: 'bob' }),
      { task: 'handed-off', to: 'bob' },
    ],
    ['working with ada, by herself', async () => {}, { task: 'untouched' }],
  ])('finds it %s', async (_, change, outcome) => {
    const it = await stand('ada');
    await change(it);
    expect(await look(it)).toEqual(outcome);
  });

  test.each<[string, number, string]>([
    ['takes back what the run before the reset has claimed', 3_600_000, 'idle'],
    ['leaves it while something of that one may live', 0, 'working'],
  ])('%s', async (_, agoMs, status) => {
    const it = await stand('ada');
    // What its agent did counts as the run's own until the heartbeat timeout after its end.
    const heartbeatTimeoutMs = agoMs + 1_000;
    const memo = { createdAt: it.task.createdAt, heartbeatTimeoutMs };
    const before = { taskId: it.id, agent: 'ada', phase: 'running', memo } as const;
    it.runs.push(
      { ...before, runId: 'before', closedAtMs: Date.now() - agoMs + (agoMs === 0 ? 0 : -1_000) },
      { ...before, runId: 'after', resetFrom: 'before', phase: 'waiting', closedAtMs: null },
    );
    expect(await look(it, null)).toEqual({ task: 'untouched' });
    expect((await it.tinytask.get(it.id))?.status).toBe(status);
  });
});

test.each<[string, DoneRules | undefined, Partial<AttemptResult>, string]>([
  ['nothing more asked', undefined, {}, 'complete'],
  ['asked, by a host that knows it', { verify: VERIFY, completion: 'agent' }, { byRules: true }, 'complete'],
  ['verify, by a host that does not', { verify: VERIFY }, {}, 'idle'],
  ['completion, by a host that does not', { completion: 'agent' }, {}, 'idle'],
])('a task is completed only by what its agent’s rules ask for: %s', async (_, rules, result, status) => {
  const { tinytask, settle, input, id } = await stand('ada');
  const { outcome } = await settle(input({ ...completed, ...result }, rules && { rules }));
  expect((await tinytask.get(id))?.status).toBe(status);
  if (status === 'complete') return;
  const key = Object.keys(rules ?? {}).join();
  const reason = `the host box is of an earlier version, which does not know ${key}: update it`;
  expect(outcome).toEqual({ task: 'not-done', reason });
  expect((await tinytask.comments(id))[0]?.content).toContain(`${reason}. It is idle again.`);
});

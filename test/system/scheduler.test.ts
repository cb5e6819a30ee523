import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { SCHEDULER_ID, taskWorkflowId } from '../../contract/ids.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import { schedulerHeld } from '../../temporal/memos.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import type { Workers } from '../../workers/workers.ts';
import { eventually } from '../support/eventually.ts';
import { nextWholePass, schedulerStatus } from '../support/passes.ts';
import { type System, startSystem } from '../support/system.ts';
import { inStatus, newTask, runResult, slotsOf } from '../support/task-runs.ts';
import { typeSignal } from '../support/typed-signal.ts';

/** Asks for a pass of its own. */
const asked = () => ({ id: randomUUID(), once: true, acceptMs: 10_000 });

let system: System;
let workers: Workers | undefined;
beforeAll(async () => {
  system = await startSystem();
  await system.agents([{ agentName: 'quick', agentType: 'dev', limit: 2 }]);
  await system.recipe('quick', 'MODEL: say Done.');
});
afterEach(async () => {
  await workers?.stop();
  workers = undefined;
});
afterAll(() => system.stop());

test('without a daemon the scheduler does what it is asked, and nothing more', async () => {
  workers = await system.start('once');
  const scheduler = await system.scheduler();
  const first = await newTask(system, { assignedTo: 'quick' });
  const report = await scheduler.pass(asked());
  expect(report?.started).toEqual([{ taskId: first.id, agent: 'quick', queue: null }]);
  await runResult(system, first.id);

  const second = await newTask(system, { assignedTo: 'quick' });
  await eventually('the scheduler waits for a daemon', async () => {
    const { raw } = await system.client.workflow.getHandle(SCHEDULER_ID).describe();
    return raw.pendingActivities?.some((activity) => activity.activityType?.name === 'survey');
  });
  expect(await lastRunOf(system.client, second.id)).toBeUndefined();
  expect((await scheduler.pass(asked()))?.started).toHaveLength(1);
  await runResult(system, second.id);
});

test('two passes at once start no task twice', async () => {
  workers = await system.start('once');
  const [one, other] = [await system.scheduler(), await system.scheduler()];
  const tasks = await Promise.all([1, 2].map(() => newTask(system, { queue: 'dev' })));
  await Promise.all([one, other].map((each) => each.pass(asked())));
  for (const { id } of tasks) {
    expect(await runResult(system, id)).toMatchObject({ end: 'complete', past: { number: 1 } });
    expect(await runCount(`WorkflowId = "${taskWorkflowId(id)}"`)).toBe(1);
  }
});

test('pause, resume and run-now from the stock command line; a pause outlives continue-as-new', async () => {
  workers = await system.start('daemon', { LOOP_INTERVAL_SEC: '1' });
  await signal('pause');
  await eventually('it is paused', async () => (await schedulerStatus(system)).paused);
  const { id } = await newTask(system, { assignedTo: 'quick' });
  const status = await nextWholePass(system);
  expect(status).toMatchObject({ paused: true });
  expect(await schedulerHeld(system.client)).toBe(true);
  expect(status.lastPass?.waiting).toEqual([{ taskId: id, reason: { why: 'scheduler-paused' } }]);

  await signal('run-now', String(id));
  await eventually('it is first in line', async () => (await schedulerStatus(system)).first.includes(id));
  await nextWholePass(system);
  expect(await lastRunOf(system.client, id)).toBeUndefined();
  await signal('resume');
  await inStatus(system, id, 'complete');
});

test('what may start while TinyTask does not answer starts when it answers again, long before the next pass', async () => {
  workers = await system.start('daemon', { LOOP_INTERVAL_SEC: '3600' });
  await signal('pause');
  const { id } = await newTask(system, { assignedTo: 'quick' });
  await eventually('it waits for the end of the pause', async () =>
    (await schedulerStatus(system)).lastPass?.waiting.some(
      ({ taskId, reason }) => taskId === id && reason.why === 'scheduler-paused',
    ),
  );
  await eventually('it is watched', watched);
  const back = await system.withoutTinyTask();
  await signal('resume');
  const errors = async () => (await schedulerStatus(system)).lastPass?.errors ?? [];
  await eventually('a pass without TinyTask', async () => (await errors()).length > 0);
  await back();
  await inStatus(system, id, 'complete');
  expect(await errors()).toEqual([]);
});

test('messages without their content do no harm', async () => {
  workers = await system.start('daemon', { LOOP_INTERVAL_SEC: '1' });
  await signal('run-changed');
  await signal('pool-changed', 'null');
  const before = await newTask(system, { assignedTo: 'quick' });
  await inStatus(system, before.id, 'complete');
  for (const name of ['request', 'release', 'processes-gone', 'configure'])
    await system.client.workflow.getHandle(poolId('dev')).signal(name);
  const { id } = await newTask(system, { assignedTo: 'quick' });
  await inStatus(system, id, 'complete');
});

test('a task that somebody else works on is left alone, and reported', async () => {
  workers = await system.start('daemon', { LOOP_INTERVAL_SEC: '1' });
  const { id } = await newTask(system, {
    assignedTo: 'quick',
    blockedByTaskId: (await newTask(system, {})).id,
  });
  await system.tinytask.update(id, { status: 'working', blockedByTaskId: null });
  const { lastPass } = await nextWholePass(system);
  expect(lastPass?.waiting).toContainEqual({ taskId: id, reason: { why: 'working-elsewhere', by: 'quick' } });
  expect((await system.tinytask.get(id))?.status).toBe('working');
  expect(await lastRunOf(system.client, id)).toBeUndefined();
  await system.tool('delete_task', { id });
});

test('a scheduler that is terminated while paused is paused still, and resume reaches every agent', async () => {
  workers = await system.start('daemon', { LOOP_INTERVAL_SEC: '1' });
  const before = await newTask(system, { assignedTo: 'quick' });
  await inStatus(system, before.id, 'complete');
  await signal('pause');
  await eventually('the pool knows', async () => (await slotsOf(system, 'dev')).schedulerPaused);
  await system.client.workflow.getHandle(SCHEDULER_ID).terminate('by a test');
  await workers.stop();
  workers = await system.start('daemon', { LOOP_INTERVAL_SEC: '1' });
  const { id } = await newTask(system, { assignedTo: 'quick' });
  const { paused, lastPass } = await nextWholePass(system);
  expect(paused).toBe(true);
  expect(lastPass?.waiting).toContainEqual({ taskId: id, reason: { why: 'scheduler-paused' } });
  await signal('resume');
  await inStatus(system, id, 'complete');
});

test('a pass over 300 idle tasks stays small, and watching them adds nothing to its history', async () => {
  for (let n = 0; n < 300; n += 20) {
    const some = Array.from({ length: 20 }, (_, at) => newTask(system, { assignedTo: `unknown-${n + at}` }));
    await Promise.all(some);
  }
  workers = await system.start('daemon', { LOOP_INTERVAL_SEC: '1' });
  const { lastPass } = await nextWholePass(system);
  expect(lastPass?.waitingTotal).toBeGreaterThanOrEqual(300);
  await nextWholePass(system);
  const newest = await eventually('a whole pass is over', async () => {
    const runs = system.client.workflow.list({
      query: `WorkflowId = "${SCHEDULER_ID}" AND ExecutionStatus = "ContinuedAsNew"`,
    });
    for await (const { workflowId, runId } of runs) return { workflowId, runId };
    return undefined;
  });
  const { historySize } = await system.client.workflow.getHandle(newest.workflowId, newest.runId).describe();
  expect(historySize).toBeLessThan(64 * 1024);

  await workers.stop();
  workers = await system.start('daemon', { LOOP_INTERVAL_SEC: '60' });
  let since = await eventually('it watches', watched);
  await eventually('it has watched for four seconds without an event', async () => {
    const seen = await watched();
    if (seen === undefined) return undefined;
    if (seen.runId !== since.runId || seen.historyLength !== since.historyLength) since = seen;
    return seen.beatAtMs >= since.beatAtMs + 4_000;
  });
});

/** The scheduler's history while its watch beats; undefined while it does something else. */
async function watched(): Promise<{ runId: string; historyLength: number; beatAtMs: number } | undefined> {
  const { raw, runId, historyLength } = await system.client.workflow.getHandle(SCHEDULER_ID).describe();
  const [only, ...more] = raw.pendingActivities ?? [];
  const beatAtMs = Number(only?.lastHeartbeatTime?.seconds ?? 0) * 1_000;
  if (more.length > 0 || only?.activityType?.name !== 'watch' || beatAtMs === 0) return undefined;
  return raw.pendingWorkflowTask ? undefined : { runId, historyLength, beatAtMs };
}

function signal(name: string, ...inputs: string[]): Promise<void> {
  return typeSignal(system, SCHEDULER_ID, name, ...inputs);
}

async function runCount(query: string): Promise<number> {
  return (await system.client.workflow.count(query)).count;
}

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { taskWorkflowId } from '../../contract/ids.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import { eventually } from '../support/eventually.ts';
import { resetTask } from '../support/reset-task.ts';
import { type System, startSystem } from '../support/system.ts';
import { gooseGone, gooseLives, newTask, runResult, slotsOf } from '../support/task-runs.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.agents([
    { agentName: 'vaela', agentType: 'dev', limit: 2 },
    { agentName: 'oscar', agentType: 'qa', limit: 1 },
    { agentName: 'ann', agentType: 'pair', limit: 1 },
    { agentName: 'ben', agentType: 'pair', limit: 1 },
  ]);
  for (const agent of ['ann', 'ben']) await system.recipe(agent, 'MODEL: wait 5s\nMODEL: say done');
  await system.recipe('oscar', 'MODEL: wait 6s\nMODEL: say done');
  await system.recipe('vaela', 'MODEL: wait 5s\nMODEL: say done');
  await system.start('daemon', { KILL_GRACE_SEC: '2', HEARTBEAT_SEC: '5', LOOP_INTERVAL_SEC: '5' });
}, 120_000);
afterAll(() => system.stop());

let watching: NodeJS.Timeout | undefined;
afterEach(() => clearInterval(watching));

/** The largest number of gooses that were seen on one task at once. */
function watchGooses(taskId: number): () => number {
  let most = 0;
  watching = setInterval(async () => {
    most = Math.max(most, (await system.gooses()).filter((id) => id === taskId).length);
  }, 50);
  return () => most;
}

test.each(['first', 'last'] as const)(
  'a run that is reset to its %s workflow task while goose works on it',
  async (to) => {
    const task = await newTask(system, { title: to, assignedTo: 'vaela' });
    await gooseLives(system, task.id);
    const most = watchGooses(task.id);
    const before = await lastRunOf(system.client, task.id);
    await resetTask(system, task.id, to);
    await gooseGone(system, task.id);
    await gooseLives(system, task.id);
    expect((await lastRunOf(system.client, task.id))?.runId).not.toBe(before?.runId);
    expect(await runResult(system, task.id)).toMatchObject({ end: 'complete' });
    expect((await system.tinytask.get(task.id))?.status).toBe('complete');
    expect(most()).toBe(1);
  },
  90_000,
);

test('a run that is reset while it waits for a slot asks anew', async () => {
  const holding = await newTask(system, { title: 'holds', assignedTo: 'oscar' });
  await gooseLives(system, holding.id);
  const task = await newTask(system, { title: 'waits', assignedTo: 'oscar' });
  await eventually('it is in line', async () => {
    const { waiters } = await slotsOf(system, 'qa');
    return waiters.some(({ workflowId }) => workflowId === taskWorkflowId(task.id));
  });
  await resetTask(system, task.id, 'last');
  const most = watchGooses(task.id);
  expect(await runResult(system, task.id)).toMatchObject({ end: 'complete' });
  expect(most()).toBe(1);
}, 90_000);

test('a run that is terminated: goose is stopped soon, and the task runs again', async () => {
  const task = await newTask(system, { title: 'ends', assignedTo: 'vaela' });
  await gooseLives(system, task.id);
  const most = watchGooses(task.id);
  const before = await lastRunOf(system.client, task.id);
  await system.client.workflow.getHandle(taskWorkflowId(task.id)).terminate('by hand');
  const startMs = Date.now();
  await gooseGone(system, task.id);
  expect(Date.now() - startMs).toBeLessThan(6_000);
  await gooseLives(system, task.id);
  expect((await lastRunOf(system.client, task.id))?.runId).not.toBe(before?.runId);
  expect(await runResult(system, task.id)).toMatchObject({ end: 'complete' });
  expect((await system.tinytask.get(task.id))?.status).toBe('complete');
  expect(most()).toBe(1);
}, 90_000);

test('a run that is reset at its attempt, and then waits in line: its task is idle soon, and runs on whoever is free', async () => {
  const task = await newTask(system, { title: 'was at work', queue: 'pair' });
  await gooseLives(system, task.id);
  const agent = (await lastRunOf(system.client, task.id))?.agent ?? '';
  const other = agent === 'ann' ? 'ben' : 'ann';
  const pool = system.client.workflow.getHandle(poolId('pair'));
  await pool.signal('pause', agent);
  await pool.signal('pause', other);
  await resetTask(system, task.id, 'first');
  await gooseGone(system, task.id);
  await eventually('it is taken back', async () => (await system.tinytask.get(task.id))?.status === 'idle');
  const most = watchGooses(task.id);
  await pool.signal('resume', other);
  expect(await runResult(system, task.id)).toMatchObject({ end: 'complete' });
  expect(await system.tinytask.get(task.id)).toMatchObject({ status: 'complete', assignedTo: other });
  expect(most()).toBe(1);
  await pool.signal('resume', agent);
}, 90_000);

test('a run that is reset at its attempt, and cancelled before its next one: its task is idle and parked', async () => {
  const task = await newTask(system, { title: 'never again', assignedTo: 'ann' });
  await gooseLives(system, task.id);
  const pool = system.client.workflow.getHandle(poolId('pair'));
  await pool.signal('pause', 'ann');
  await resetTask(system, task.id, 'first');
  await gooseGone(system, task.id);
  await system.client.workflow.getHandle(taskWorkflowId(task.id)).cancel();
  await eventually('it is parked', async () => (await lastRunOf(system.client, task.id))?.phase === 'parked');
  await eventually('it is taken back', async () => (await system.tinytask.get(task.id))?.status === 'idle');
  expect((await lastRunOf(system.client, task.id))?.phase).toBe('parked');
}, 90_000);

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { taskWorkflowId } from '../../contract/ids.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import { allowed } from '../support/allowed.ts';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { resetTask } from '../support/reset.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { gooseGone, gooseLives, newTask, runResult, slotsOf } from '../support/task-runs.ts';

// Mostly they wait.
vi.setConfig({ maxConcurrency: 4 });

/** Each test has agents of its own, so that they can share one system and one daemon. */
const POOLS: Record<string, string[]> = {
  first: ['to-first'],
  last: ['to-last'],
  qa: ['oscar'],
  ended: ['vaela'],
  pair: ['ann', 'ben'],
  parked: ['carl'],
};

let system: System;
beforeAll(async () => {
  system = await startSystem();
  const agents = Object.entries(POOLS).flatMap(([agentType, names]) =>
    names.map((agentName) => ({ agentName, agentType, limit: 1 })),
  );
  await system.agents(agents);
  for (const { agentName } of agents) await system.recipe(agentName, 'MODEL: wait 5s\nMODEL: say done');
  await system.recipe('oscar', UNTIL_LET_GO, DEVELOPER);
  const settings = { KILL_GRACE_SEC: '2', HEARTBEAT_SEC: '5', LOOP_INTERVAL_SEC: '5', RUNS_PER_HOST: '20' };
  await system.start('daemon', settings);
});
afterAll(() => system.stop());

/** The largest number of gooses that were seen on one task at once, until it is asked for. */
function watchGooses(taskId: number): () => number {
  let most = 0;
  const watching = setInterval(async () => {
    most = Math.max(most, (await system.gooses()).filter((id) => id === taskId).length);
  }, 50);
  watching.unref();
  return () => {
    clearInterval(watching);
    return most;
  };
}

describe.concurrent('a run that somebody resets or ends', () => {
  test.each(['first', 'last'] as const)(
    'reset to its %s workflow task while goose works on it',
    async (to) => {
      const task = await newTask(system, { title: to, assignedTo: `to-${to}` });
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
  );

  test('reset while it waits for a slot asks anew', async () => {
    const holding = await newTask(system, { title: 'holds', assignedTo: 'oscar' });
    await atWork(system, holding.id, ['oscar']);
    const task = await newTask(system, { title: 'waits', assignedTo: 'oscar' });
    await eventually('it is in line', async () => {
      const { waiters } = await slotsOf(system, 'qa');
      return waiters.some(({ workflowId }) => workflowId === taskWorkflowId(task.id));
    });
    await resetTask(system, task.id, 'last');
    const most = watchGooses(task.id);
    await letGo(system, holding.id);
    await atWork(system, task.id, ['oscar']);
    await letGo(system, task.id);
    expect(await runResult(system, task.id)).toMatchObject({ end: 'complete' });
    expect(most()).toBe(1);
  });

  test('terminated: goose is stopped soon, and the task runs again', async () => {
    const task = await newTask(system, { title: 'ends', assignedTo: 'vaela' });
    await gooseLives(system, task.id);
    const most = watchGooses(task.id);
    const before = await lastRunOf(system.client, task.id);
    await system.client.workflow.getHandle(taskWorkflowId(task.id)).terminate('by hand');
    const startMs = Date.now();
    await gooseGone(system, task.id);
    expect(Date.now() - startMs).toBeLessThan(allowed(6_000));
    await gooseLives(system, task.id);
    expect((await lastRunOf(system.client, task.id))?.runId).not.toBe(before?.runId);
    expect(await runResult(system, task.id)).toMatchObject({ end: 'complete' });
    expect((await system.tinytask.get(task.id))?.status).toBe('complete');
    expect(most()).toBe(1);
  });

  test('reset at its attempt, and then waits in line: its task is idle soon, and runs on whoever is free', async () => {
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
  });

  test('reset at its attempt, and cancelled before its next one: its task is idle and parked', async () => {
    const task = await newTask(system, { title: 'never again', assignedTo: 'carl' });
    await gooseLives(system, task.id);
    await system.client.workflow.getHandle(poolId('parked')).signal('pause', 'carl');
    await resetTask(system, task.id, 'first');
    await gooseGone(system, task.id);
    await system.client.workflow.getHandle(taskWorkflowId(task.id)).cancel();
    await eventually(
      'it is parked',
      async () => (await lastRunOf(system.client, task.id))?.phase === 'parked',
    );
    await eventually('it is taken back', async () => (await system.tinytask.get(task.id))?.status === 'idle');
    expect((await lastRunOf(system.client, task.id))?.phase).toBe('parked');
  });
});

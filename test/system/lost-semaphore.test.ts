import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { taskWorkflowId } from '../../contract/ids.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import type { Grant } from '../../domain/slots/pool.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { SeenRuns } from '../support/seen-runs.ts';
import { mostInUse, type SlotUse, slotUses } from '../support/slot-history.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { inPhase, inStatus, lineOf, newTask, runResult, slotsOf } from '../support/task-runs.ts';

/** A semaphore that was ended gives nothing for so long. */
const HEARTBEAT_TIMEOUT_MS = 15_000;
const LIMITS: Record<string, number> = { 'twin-a': 2, 'twin-b': 1, 'near-a': 1, 'far-a': 1 };

// Only a failure takes that long; the machine may have other things to do.
vi.setConfig({ testTimeout: 240_000 });

let system: System;
let seen: SeenRuns;
beforeAll(async () => {
  system = await startSystem();
  seen = new SeenRuns(system.dir);
  await system.agents([
    { agentName: 'twin-a', agentType: 'twin', limit: 2 },
    { agentName: 'twin-b', agentType: 'twin', limit: 1 },
    { agentName: 'near-a', agentType: 'near', limit: 1 },
    { agentName: 'far-a', agentType: 'far', limit: 1, hostGroup: 'far' },
  ]);
  for (const agent of ['twin-a', 'twin-b']) await system.recipe(agent, 'MODEL: wait 1s\nMODEL: say Done.');
  await system.recipe('near-a', UNTIL_LET_GO, DEVELOPER);
  await system.recipe('far-a', 'MODEL: say Done.');
  await system.start('daemon', {
    LOOP_INTERVAL_SEC: '1',
    HEARTBEAT_SEC: '5',
    KILL_GRACE_SEC: '1',
    RUNS_PER_HOST: '30',
    WAITING_PER_AGENT: '5',
  });
});
afterAll(async () => {
  seen.end();
  await system.stop();
  expect([...seen.most], 'no task had two runs at a time').toEqual([]);
});

/** Each test has a pool of its own, so that they run at the same time: mostly they wait. */
describe.concurrent('a semaphore that is ended', () => {
  test('again and again, with holders of two agents, at a grant, and while runs ask: the limits hold, all tasks run once', async () => {
    const ids = await several(4, 'twin');
    await eventually('slots of both agents are held', async () => {
      const { holders } = await slotsOf(system, 'twin');
      return new Set(holders.map(({ agent }) => agent)).size === 2;
    });
    await terminate('twin');
    // These ask one that is not there.
    ids.push(...(await several(3, 'twin')));
    await isGranting('twin');
    const { fence } = await slotsOf(system, 'twin');
    await eventually(
      'it has just granted',
      async () => (await slotsOf(system, 'twin')).fence > fence,
      30_000,
    );
    await terminate('twin');
    await isGranting('twin');
    ids.push(...(await several(3, 'twin')));
    await terminate('twin');

    for (const id of ids) await inStatus(system, id, 'complete');
    const uses = await slotUses(system.client, ids, [poolId('twin')]);
    limitsHold(uses);
    for (const id of ids) await once(id, uses);
  });

  test('a grant of the semaphore that was ended, on its way when that ended, is not used', async () => {
    const [holder = 0] = await several(1, 'near');
    await atWork(system, holder, ['near-a']);
    const [next = 0] = await several(1, 'near');
    await eventually('it is in line', async () => isDeepStrictEqual(await lineOf(system, 'near'), [next]));
    const { fence } = await slotsOf(system, 'near');
    const run = await inPhase(system, next, 'waiting');
    const grant: Grant = {
      ...{ workflowId: run.workflowId, runId: run.runId, fence: fence + 1 },
      ...{ agent: 'near-a', gooseQueue: 'tinyscheduler-goose', probe: false },
    };
    await terminate('near');
    await eventually('it is rebuilt', async () => (await slotsOf(system, 'near')).holders.length > 0);
    await system.client.workflow.getHandle(run.workflowId).signal('grant', grant);
    await eventually('it was put off, and is in line again', async () => {
      const { events } = await system.client.workflow.getHandle(run.workflowId).fetchHistory();
      const attempts = events?.filter((event) => event.activityTaskCompletedEventAttributes) ?? [];
      return attempts.length > 0 && (await lineOf(system, 'near')).includes(next);
    });
    expect(await system.tinytask.get(next)).toMatchObject({ status: 'idle' });
    await letGo(system, holder);
    await letGo(system, next);
    for (const id of [holder, next]) await inStatus(system, id, 'complete');
    const uses = await slotUses(system.client, [holder, next], [poolId('near')]);
    limitsHold(uses);
    for (const id of [holder, next]) await once(id, uses);
  });

  test('a run that has its slot, and no goose host yet, asks the new semaphore for another', async () => {
    const [first = 0] = await several(1, 'far');
    await inPhase(system, first, 'running');
    const [second = 0] = await several(1, 'far');
    await inPhase(system, second, 'waiting');
    await terminate('far');
    await eventually('it is found', async () => {
      const { holders, waiters } = await slotsOf(system, 'far');
      return holders[0]?.workflowId === taskWorkflowId(first) && waiters[0]?.rank.id === second;
    });
    // It stays until the end: its guardian would take this whole process for gone, and end the gooses of the other tests.
    await system.start('worker', { HOST_GROUP: 'far', HEARTBEAT_SEC: '5' });
    for (const id of [first, second]) await inStatus(system, id, 'complete');
    const uses = await slotUses(system.client, [first, second], [poolId('far')]);
    limitsHold(uses);
    for (const id of [first, second]) await once(id, uses);
  });
});

async function several(count: number, queue: string): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < count; n++) ids.push((await newTask(system, { queue })).id);
  return ids;
}

async function terminate(queue: string): Promise<void> {
  const handle = system.client.workflow.getHandle(poolId(queue));
  const { runId } = await handle.describe();
  await handle.terminate('by a test');
  await eventually('another one is there', async () => {
    const now = await handle.describe();
    return now.runId !== runId && now.status.name === 'RUNNING';
  });
}

/** It is not quiet any more. */
function isGranting(queue: string): Promise<true> {
  return eventually(
    `the semaphore of ${queue} gives slots`,
    async () => {
      const { agents } = await slotsOf(system, queue);
      return agents.length > 0 && agents.every(({ quiet }) => !quiet) ? true : undefined;
    },
    HEARTBEAT_TIMEOUT_MS + 30_000,
  );
}

function limitsHold(uses: SlotUse[]): void {
  for (const name of new Set(uses.map(({ agent }) => agent)))
    expect(
      mostInUse(uses, ({ agent }) => agent === name),
      `slots of ${name}`,
    ).toBeLessThanOrEqual(LIMITS[name] ?? 0);
}

async function once(taskId: number, uses: SlotUse[]): Promise<void> {
  const claimed = uses.filter((use) => use.taskId === taskId && use.claimed);
  expect(claimed.map(({ cameTo }) => cameTo)).toEqual([expect.stringMatching(/^completed/)]);
  expect(await runResult(system, taskId)).toMatchObject({ end: 'complete', past: { number: 1, lost: 0 } });
  expect((await lastRunOf(system.client, taskId))?.inOrder).toBe(true);
  const { count } = await system.client.workflow.count(`WorkflowId = "${taskWorkflowId(taskId)}"`);
  expect(count).toBe(1);
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import { eventually } from '../support/eventually.ts';
import { HOSTILE } from '../support/hostile-texts.ts';
import { nextWholePass } from '../support/passes.ts';
import { type System, startSystem } from '../support/system.ts';
import { inStatus, newTask, runResult } from '../support/task-runs.ts';

let system: System;
let firstRunId: string | null | undefined;

beforeAll(async () => {
  system = await startSystem();
  await system.agents([
    { agentName: 'quick', agentType: 'dev', limit: 4 },
    { agentName: 'ada', agentType: 'odd' },
    { agentName: 'bob', agentType: 'odd' },
  ]);
  for (const agent of ['quick', 'ada', 'bob']) await system.recipe(agent, 'MODEL: say Done.');
  await system.start('daemon', { LOOP_INTERVAL_SEC: '1' });
  firstRunId = await first();
});
afterAll(() => system.stop());

/** Stays the same for as long as the scheduler goes on by itself. */
async function first() {
  const { raw, status } = await system.client.workflow.getHandle(SCHEDULER_ID).describe();
  return status.name === 'RUNNING' ? raw.workflowExecutionInfo?.firstRunId : undefined;
}

async function schedules(): Promise<void> {
  const { id } = await newTask(system, { queue: 'dev' });
  await inStatus(system, id, 'complete');
  await nextWholePass(system);
  expect(await first()).toBe(firstRunId);
}

test('runs of tasks with a queue of any length can be filtered by it', async () => {
  const queues = ['dev', 'x'.repeat(3_000), '漢'.repeat(2_049), ...Object.values(HOSTILE)];
  const ids: number[] = [];
  for (const queue of queues) ids.push((await newTask(system, { assignedTo: 'quick', queue })).id);
  for (const id of ids) expect(await runResult(system, id)).toMatchObject({ end: 'complete' });
  const found = async () => (await system.client.workflow.count('Queue="dev"')).count;
  await eventually('it is found by an ordinary queue', async () => (await found()) >= 1);
  await schedules();
});

test('a hundred reasons that quote long queues, one of them of 2.2 MB', async () => {
  const lengths = [2_200_000, ...Array(99).fill(30_000)];
  const ids: number[] = [];
  for (const length of lengths) ids.push((await newTask(system, { queue: 'q'.repeat(length) })).id);
  await schedules();
  for (const id of ids) await system.tool('delete_task', { id });
});

test('a recipe with a name of 900 kB, on each agent of a pool', async () => {
  const recipe = `recipe:${'r'.repeat(900_000)}`;
  const ids: number[] = [];
  for (const assignedTo of ['ada', 'bob'])
    ids.push((await newTask(system, { assignedTo, queue: 'odd', tags: [recipe] })).id);
  await eventually('they were tried', async () => {
    const { agents } = await (await system.scheduler()).status();
    const told = await Promise.all(ids.map((id) => system.comments(id)));
    return agents.filter(({ health }) => health.state !== 'well').length === 2 || told.flat().length >= 2;
  });
  await schedules();
  for (const id of ids) await system.tool('delete_task', { id });
});

test('a circle and a family of many tasks', async () => {
  const { id: parent } = await newTask(system, { queue: 'dev' });
  const many = Array.from({ length: 300 });
  const ring: number[] = [];
  for (const _ of many) {
    await newTask(system, { queue: 'dev', parentTaskId: parent, blockedByTaskId: parent });
    const blocker = ring.at(-1);
    const { id } = await newTask(system, { queue: 'dev', ...(blocker && { blockedByTaskId: blocker }) });
    ring.push(id);
  }
  await system.tinytask.update(ring[0] ?? 0, { blockedByTaskId: ring.at(-1) ?? 0 });
  await schedules();
  const { lastPass } = await nextWholePass(system);
  expect(JSON.stringify(lastPass).length).toBeLessThan(64_000);
});

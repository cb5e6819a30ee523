import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poolId, semaphoreOf } from '../../domain/semaphore-id.ts';
import type { NewTask } from '../../tinytask/task-arguments.ts';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { schedulerStatus } from '../support/passes.ts';
import { mostInUse, type SlotUse, slotUses } from '../support/slot-history.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { inPhase, inStatus, lineOf, newTask, slotsOf } from '../support/task-runs.ts';

// What the Python version's documents promise, with their names and numbers. One system goes through all of it, from its
// limits alone to its pools, since that is the way that its users go.

const AGENTS = ['vaela', 'damien', 'oscar'];
const LIMITS: Record<string, number> = { vaela: 3, damien: 2, oscar: 2 };
const SEMAPHORES = [poolId('dev'), poolId('qa'), ...AGENTS.map((name) => semaphoreOf({ name }))];

let system: System;
beforeAll(async () => {
  system = await startSystem();
  system.env.TINYSCHEDULER_AGENT_LIMITS = JSON.stringify(LIMITS);
  for (const agent of AGENTS) await system.recipe(agent, UNTIL_LET_GO, DEVELOPER);
  await system.start('daemon', { LOOP_INTERVAL_SEC: '1', KILL_GRACE_SEC: '1' });
});
afterAll(() => system.stop());

test('from limits to pools without a gap: what runs finishes, what waits runs, nothing runs twice', async () => {
  const ofVaela = await added({ assignedTo: 'vaela' });
  const ofDamien = [await added({ assignedTo: 'damien' }), await added({ assignedTo: 'damien' })];
  await atWork(system, ofVaela, ['vaela']);
  for (const id of ofDamien) await atWork(system, id, ['damien']);
  const inLine = await added({ assignedTo: 'damien' });
  const nobodys = await added({ queue: 'dev' });
  await inPhase(system, inLine, 'waiting');
  await eventually('legacy mode leaves the unassigned one', async () => {
    const { inForce, lastPass } = await schedulerStatus(system);
    const why = lastPass?.waiting.find(({ taskId }) => taskId === nobodys)?.reason.why;
    return inForce?.mode === 'legacy' && why === 'legacy-unassigned';
  });

  await system.agents([
    { agentName: 'vaela', agentType: 'dev' },
    { agentName: 'damien', agentType: 'dev' },
    { agentName: 'oscar', agentType: 'qa' },
  ]);
  // A slot of vaela's is free, and the pool knows who has the others.
  expect(await atWork(system, nobodys, AGENTS)).toBe('vaela');
  expect(await held('dev')).toEqual({ vaela: 2, damien: 2 });
  await letGo(system, ofDamien[0] as number);
  expect(await atWork(system, inLine, AGENTS)).toBe('damien');

  const all = [ofVaela, ...ofDamien, inLine, nobodys];
  await complete(all);
  const uses = await usesOf(all);
  expect(
    uses.map(({ taskId }) => taskId).sort((a, b) => a - b),
    'each ran once',
  ).toEqual(all);
  for (const name of AGENTS) {
    expect(mostInUse(uses, ({ agent }) => agent === name)).toBeLessThanOrEqual(LIMITS[name] as number);
  }
});

test('a pool with vaela 1/3, damien 0/2 and five unassigned tasks: four start, two each, and one waits', async () => {
  const first = await added({ assignedTo: 'vaela' });
  await atWork(system, first, ['vaela']);
  await eventually('1/3 and 0/2', async () => isDeepStrictEqual(await held('dev'), { vaela: 1 }));
  const five = await atOnce([1, 2, 3, 4, 5].map(() => ({ queue: 'dev' })));
  const [four, last] = [five.slice(0, 4), five[4] as number];
  const whose: string[] = [];
  for (const id of four) whose.push(await atWork(system, id, ['vaela', 'damien']));
  expect(whose.sort()).toEqual(['damien', 'damien', 'vaela', 'vaela']);
  expect(await held('dev')).toEqual({ vaela: 3, damien: 2 });
  await eventually('it is in line', async () => isDeepStrictEqual(await lineOf(system, 'dev'), [last]));
  expect((await system.tinytask.get(last))?.assignedTo).toBeNull();
  await letGo(system, first);
  expect(await atWork(system, last, ['vaela', 'damien'])).toBe('vaela');
  await complete([first, ...five]);
});

test('blocking: the blocker, though least urgent, and what is free; what is blocked when it is not', async () => {
  const [blocker, blocked, free] = (await atOnce([
    { queue: 'qa', priority: 0 },
    (ids) => ({ queue: 'qa', priority: 10, blockedByTaskId: ids[0] as number }),
    { queue: 'qa', priority: 5 },
  ])) as [number, number, number];
  for (const id of [blocker, free]) await atWork(system, id, ['oscar']);
  await eventually('the blocked one waits for its blocker', async () => {
    const waiting = (await schedulerStatus(system)).lastPass?.waiting ?? [];
    const reason = waiting.find(({ taskId }) => taskId === blocked)?.reason;
    return isDeepStrictEqual(reason, { why: 'blocked', by: blocker });
  });
  await letGo(system, blocker);
  await atWork(system, blocked, ['oscar']);
  await complete([blocker, blocked, free]);
  const byGrant = (await usesOf([blocker, blocked, free])).sort((a, b) => a.fence - b.fence);
  const [one, other, last] = byGrant.map(({ taskId }) => taskId);
  // oscar has two slots: the two get them in the order in which they ask, and nobody waits for a better rank in vain.
  expect([new Set([one, other]), last]).toEqual([new Set([blocker, free]), blocked]);
});

async function added(task: Partial<NewTask>): Promise<number> {
  return (await newTask(system, task)).id;
}

type Draft = Partial<NewTask> | ((before: number[]) => Partial<NewTask>);

/** Tasks that the scheduler sees all at the same look. */
async function atOnce(drafts: Draft[]): Promise<number[]> {
  const scheduler = system.client.workflow.getHandle('scheduler');
  await scheduler.signal('pause');
  await eventually('it is paused', async () => (await schedulerStatus(system)).paused);
  const ids: number[] = [];
  for (const draft of drafts) ids.push(await added(typeof draft === 'function' ? draft(ids) : draft));
  await scheduler.signal('resume');
  return ids;
}

/** Slots in use, by agent. */
async function held(queue: string): Promise<Record<string, number>> {
  const { holders } = await slotsOf(system, queue);
  const counts: Record<string, number> = {};
  for (const { agent } of holders) counts[agent] = (counts[agent] ?? 0) + 1;
  return counts;
}

async function complete(ids: number[]): Promise<void> {
  for (const id of ids) await letGo(system, id);
  for (const id of ids) await inStatus(system, id, 'complete');
}

function usesOf(ids: number[]): Promise<SlotUse[]> {
  return slotUses(system.client, ids, SEMAPHORES);
}

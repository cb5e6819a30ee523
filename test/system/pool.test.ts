import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { taskWorkflowId } from '../../contract/ids.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import type { NewTask } from '../../tinytask/task-arguments.ts';
import { allowed } from '../support/allowed.ts';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { nextWholePass, schedulerStatus } from '../support/passes.ts';
import { mostInUse, slotUses, timeOf } from '../support/slot-history.ts';
import { DEVELOPER, type System, startSystem, type TestAgent } from '../support/system.ts';
import { agentIn, inStatus, lineOf, newTask, runResult, slotsOf } from '../support/task-runs.ts';

const RACES = ['race-1', 'race-2', 'race-3', 'race-4', 'race-5', 'race-6'];
/** Each test has a pool of its own, so that they can share one system and one daemon. */
const POOLS: Record<string, string[]> = {
  ...Object.fromEntries(RACES.map((queue) => [queue, [`${queue}-a`]])),
  'first-freed': ['first-a', 'first-b'],
  'second-freed': ['second-a', 'second-b'],
  ranks: ['ranks-a'],
  from: ['from-a'],
  to: ['to-a'],
  blocked: ['blocked-a'],
  mine: ['mine-a', 'mine-b'],
  gone: ['gone-a', 'gone-b'],
  emptied: ['emptied-a'],
  left: ['left-a', 'mover'],
  right: ['right-a'],
};

let system: System;
const agents = new Map<string, TestAgent>();
beforeAll(async () => {
  system = await startSystem();
  for (const [agentType, names] of Object.entries(POOLS))
    for (const agentName of names) {
      agents.set(agentName, { agentName, agentType, limit: 1 });
      await system.recipe(agentName, UNTIL_LET_GO, DEVELOPER);
    }
  await system.agents([...agents.values()]);
  await system.start('daemon', {
    LOOP_INTERVAL_SEC: '2',
    HEARTBEAT_SEC: '5',
    RUNS_PER_HOST: '30',
    WAITING_PER_AGENT: '5',
    KILL_GRACE_SEC: '1',
  });
});
afterAll(() => system.stop());

describe.concurrent('a line of a pool', () => {
  test.each([
    ['first', 0],
    ['second', 1],
  ])('whichever slot is free first is taken within a second: that of the %s agent', async (which, freed) => {
    const queue = `${which}-freed`;
    const pool = POOLS[queue] as [string, string];
    const held = await busy(queue, pool);
    const { id } = await newTask(system, { queue });
    await inLine(queue, [id]);
    const agent = pool[freed] as string;
    await letGo(system, held.get(agent) as number);
    expect(await atWork(system, id, pool)).toBe(agent);
    const freedAtMs = await releasedAtMs(queue, held.get(agent) as number);
    expect((await grantedAtMs(id)) - freedAtMs).toBeLessThan(allowed(1_000));
    for (const task of [...held.values(), id]) await letGo(system, task);
    for (const task of [...held.values(), id]) await inStatus(system, task, 'complete');
  });

  test('a rank that changes while a task is in line counts: priority, dependents, run-now', async () => {
    const [holder] = (await busy('ranks', ['ranks-a'])).values();
    const [early, hurried, blocker, raised] = await several(4, { queue: 'ranks', priority: 1 });
    await inLine('ranks', [early, hurried, blocker, raised]);
    await system.tinytask.update(raised, { priority: 5 });
    await first('ranks', raised);
    const { id: dependent } = await newTask(system, { queue: 'ranks', blockedByTaskId: blocker });
    await first('ranks', blocker);
    await system.client.workflow.getHandle('scheduler').signal('run-now', hurried);
    await first('ranks', hurried);

    const order = [hurried, blocker, raised, early];
    await complete(holder as number, ...order, dependent);
    const uses = await slotUses(system.client, order, [poolId('ranks')]);
    const bySlot = uses.sort((a, b) => a.fence - b.fence).map(({ taskId }) => taskId);
    expect([...new Set(bySlot)]).toEqual(order);
  });

  test('a task that goes to another queue leaves the line, and is planned there', async () => {
    const [holder] = (await busy('from', ['from-a'])).values();
    const { id } = await newTask(system, { queue: 'from' });
    await inLine('from', [id]);
    const before = await lastRunOf(system.client, id);
    await system.tool('update_task', { id, queue_name: 'to' });
    expect(await atWork(system, id, ['from-a', 'to-a'])).toBe('to-a');
    expect(await endOf(before?.runId, id)).toBe('left-line');
    expect(await lineOf(system, 'from')).toEqual([]);
    await complete(id, holder as number);
  });

  test('a task that is blocked leaves the line, and runs when its blocker is complete', async () => {
    const [holder] = (await busy('blocked', ['blocked-a'])).values();
    const { id } = await newTask(system, { queue: 'blocked' });
    await inLine('blocked', [id]);
    const blocker = await newTask(system, {});
    await system.tinytask.update(id, { blockedByTaskId: blocker.id });
    await eventually('its run is over', async () => (await runResult(system, id)).end === 'left-line');
    await letGo(system, holder as number);
    await inStatus(system, holder as number, 'complete');
    const { lastPass } = await nextWholePass(system);
    expect(lastPass?.waiting).toContainEqual({ taskId: id, reason: { why: 'blocked', by: blocker.id } });
    await system.tinytask.update(blocker.id, { status: 'complete' });
    await complete(id);
    expect(await runResult(system, id)).toMatchObject({ end: 'complete', past: { number: 1 } });
  });

  test('a task in line that a person assigns to an agent waits for that one, though another is free', async () => {
    const pool = POOLS.mine as [string, string];
    const held = await busy('mine', pool);
    const { id } = await newTask(system, { queue: 'mine' });
    await inLine('mine', [id]);
    await system.tinytask.update(id, { assignedTo: 'mine-a' });
    await eventually('it waits for that one', async () => {
      const { waiters } = await slotsOf(system, 'mine');
      return waiters.some(({ rank, wants }) => rank.id === id && wants === 'mine-a');
    });
    const [withA, withB] = pool.map((name) => held.get(name) as number) as [number, number];
    await letGo(system, withB);
    await inStatus(system, withB, 'complete');
    await nextWholePass(system);
    expect(await lineOf(system, 'mine')).toEqual([id]);
    await letGo(system, withA);
    expect(await atWork(system, id, pool)).toBe('mine-a');
    await complete(id);
    expect((await system.tinytask.get(id))?.assignedTo).toBe('mine-a');
  });
});

test('of tasks that are started together the best is first, whichever asks first', async () => {
  const scheduler = system.client.workflow.getHandle('scheduler');
  await scheduler.signal('pause');
  await eventually('it is paused', async () => (await schedulerStatus(system)).paused);
  const ids = new Map<string, number[]>();
  for (const queue of RACES) {
    const worstFirst: number[] = [];
    for (const priority of [1, 5, 9]) worstFirst.push((await newTask(system, { queue, priority })).id);
    ids.set(queue, worstFirst.reverse());
  }
  await scheduler.signal('resume');
  await complete(...[...ids.values()].flat());
  for (const [queue, order] of ids) {
    const uses = await slotUses(system.client, order, [poolId(queue)]);
    const bySlot = uses.sort((a, b) => a.fence - b.fence).map(({ taskId }) => taskId);
    expect([...new Set(bySlot)], queue).toEqual(order);
  }
});

describe('the agents change while tasks are in line', () => {
  test('an agent that is removed: what waits for it leaves the line; what any may have stays', async () => {
    const pool = POOLS.gone as [string, string];
    const held = await busy('gone', pool);
    const [alone] = (await busy('emptied', ['emptied-a'])).values();
    const { id: wanting } = await newTask(system, { queue: 'gone', assignedTo: 'gone-a' });
    const { id: any } = await newTask(system, { queue: 'gone' });
    const { id: nobodys } = await newTask(system, { queue: 'emptied' });
    await inLine('gone', [wanting, any]);
    await inLine('emptied', [nobodys]);

    const gone = ['gone-a', 'emptied-a'].map((name) => agents.get(name) as TestAgent);
    await change(() => {
      for (const { agentName } of gone) agents.delete(agentName);
    });
    await eventually('they are told', async () => {
      const waiting = (await schedulerStatus(system)).lastPass?.waiting ?? [];
      const why = (id: number) => waiting.find(({ taskId }) => taskId === id)?.reason.why;
      return why(wanting) === 'unknown-agent' && why(nobodys) === 'no-agent-for-queue';
    });
    await inLine('gone', [any]);
    // The slot that an agent leaves is nobody's: the next one waits for the other.
    await letGo(system, held.get('gone-a') as number);
    await inStatus(system, held.get('gone-a') as number, 'complete');
    await letGo(system, alone as number);
    await inStatus(system, alone as number, 'complete');
    await nextWholePass(system);
    expect(await lineOf(system, 'gone')).toEqual([any]);
    await letGo(system, held.get('gone-b') as number);
    expect(await atWork(system, any, pool)).toBe('gone-b');
    await complete(any);

    await change(() => {
      for (const agent of gone) agents.set(agent.agentName, agent);
    });
    await complete(wanting, nobodys);
    expect(await runResult(system, wanting)).toMatchObject({ past: { number: 1 } });
  });

  test('an agent that moves to another pool: its line moves, and over both pools it has its limit', async () => {
    const { id: running } = await newTask(system, { assignedTo: 'mover' });
    await atWork(system, running, ['mover']);
    const { id: waiting } = await newTask(system, { assignedTo: 'mover' });
    await inLine('left', [waiting]);
    await system.client.workflow.getHandle(poolId('left')).signal('set-limit', 2, 'mover');
    await atWork(system, waiting, ['mover']);
    const { id: third } = await newTask(system, { assignedTo: 'mover' });
    await inLine('left', [third]);

    await change(() => agents.set('mover', { agentName: 'mover', agentType: 'right', limit: 1 }));
    await inLine('right', [third]);
    expect(await lineOf(system, 'left')).toEqual([]);
    // What a person has said of it goes along, and so do its runs, which are found.
    expect((await agentIn(system, 'right', 'mover')).limitByHand).toBe(2);
    await eventually('its runs are found', async () => {
      const { holders } = await slotsOf(system, 'right');
      return isDeepStrictEqual(holders.map(({ workflowId }) => workflowId).sort(), [
        ...[running, waiting].map(taskWorkflowId).sort(),
      ]);
    });
    const { id: fourth } = await newTask(system, { assignedTo: 'mover', priority: -1 });
    const all = [running, waiting, third, fourth];
    await complete(...all);
    const uses = await slotUses(system.client, all, [poolId('left'), poolId('right')]);
    expect(uses).toHaveLength(4);
    expect(mostInUse(uses, ({ agent }) => agent === 'mover')).toBe(2);
  });
});

/** A task for each agent, at work. */
async function busy(queue: string, pool: readonly string[]): Promise<Map<string, number>> {
  const held = new Map<string, number>();
  for (const _ of pool) {
    const { id } = await newTask(system, { queue, priority: 9 });
    held.set(await atWork(system, id, pool), id);
  }
  expect([...held.keys()].sort()).toEqual([...pool].sort());
  return held;
}

async function several(count: number, task: Partial<NewTask>) {
  const ids: number[] = [];
  for (let n = 0; n < count; n++) ids.push((await newTask(system, task)).id);
  return ids as [number, number, number, number];
}

function inLine(queue: string, ids: number[]): Promise<true> {
  return eventually(`${ids} are in line for ${queue}`, async () => {
    return isDeepStrictEqual(await lineOf(system, queue), ids) ? true : undefined;
  });
}

function first(queue: string, id: number): Promise<true> {
  return eventually(`${id} is first in line for ${queue}`, async () => {
    return (await lineOf(system, queue))[0] === id ? true : undefined;
  });
}

async function complete(...ids: number[]): Promise<void> {
  for (const id of ids) await letGo(system, id);
  for (const id of ids) await inStatus(system, id, 'complete');
}

async function change(how: () => void): Promise<void> {
  how();
  await system.agents([...agents.values()]);
}

async function endOf(runId: string | undefined, taskId: number): Promise<string> {
  const handle = system.client.workflow.getHandle(taskWorkflowId(taskId), runId);
  return ((await handle.result()) as { end: string }).end;
}

/** When the semaphore was told. */
async function releasedAtMs(queue: string, taskId: number): Promise<number> {
  const event = await signalIn(poolId(queue), 'release', (text) => text.includes(`"task-${taskId}"`));
  return timeOf(event);
}

async function grantedAtMs(taskId: number): Promise<number> {
  return timeOf(await signalIn(taskWorkflowId(taskId), 'grant', () => true));
}

async function signalIn(workflowId: string, name: string, isMeant: (text: string) => boolean) {
  const { events } = await system.client.workflow.getHandle(workflowId).fetchHistory();
  const found = (events ?? []).find((event) => {
    const signal = event.workflowExecutionSignaledEventAttributes;
    const [payload] = signal?.input?.payloads ?? [];
    return signal?.signalName === name && isMeant(Buffer.from(payload?.data ?? []).toString());
  });
  if (found === undefined) throw new Error(`${workflowId} was sent no such ${name}`);
  return found;
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { taskWorkflowId } from '../../contract/ids.ts';
import type { RunResult } from '../../contract/run.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import { allowed } from '../support/allowed.ts';
import { eventually } from '../support/eventually.ts';
import { mostInUse, type SlotUse, slotUses, timeOf } from '../support/slot-history.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { agentIn, gooseGone, gooseLives, inPhase, lineOf, newTask, slotsOf } from '../support/task-runs.ts';

const HEARTBEAT_TIMEOUT_MS = 15_000;
const LIMITS: Record<string, number> = { pair: 2, draining: 2 };
/** Each test has an agent of its own, so that they can share one system and one daemon. */
const UNTIL_OPEN = 'MODEL: shell until [ -e {{ agent }}-open ]; do sleep 0.1; done\nMODEL: say Done.';
const AGENTS = {
  pair: 'MODEL: wait 700ms',
  draining: 'MODEL: wait 700ms',
  hurried: UNTIL_OPEN,
  killed: 'MODEL: wait 60s',
  forgetful: 'MODEL: wait 60s',
};

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.agents(
    Object.keys(AGENTS).map((name) => ({ agentName: name, agentType: name, limit: LIMITS[name] ?? 1 })),
  );
  for (const [name, script] of Object.entries(AGENTS)) await system.recipe(name, script, DEVELOPER);
  await system.start('daemon', {
    AGENT_LIMITS: JSON.stringify(LIMITS),
    HEARTBEAT_SEC: '5',
    LOOP_INTERVAL_SEC: '2',
    RUNS_PER_HOST: '20',
    KILL_GRACE_SEC: '1',
  });
});
afterAll(() => system.stop());

describe.concurrent('the slots of an agent', () => {
  test('two slots and six tasks: two gooses at a time, and never more', async () => {
    const tasks = await many(6, { assignedTo: 'pair' });
    await until(() => allComplete(tasks));
    expect(mostInUse(await usesOf('pair', tasks), () => true)).toBe(2);
  });

  test('a limit lowered below what is held drains', async () => {
    const tasks = await many(6, { assignedTo: 'draining' });
    await eventually('both slots are taken', async () => (await alive(tasks)).length === 2);
    await signalAgent('draining', 'set-limit', 1);
    await eventually('one slot is held, of one', async () => {
      const { holders } = await slotsOf(system, 'draining');
      return (await agentIn(system, 'draining')).limitByHand === 1 && holders.length <= 1;
    });
    const drainedAtMs = await receivedAtMs('draining', 'set-limit');
    await until(() => allComplete(tasks));
    const uses = await usesOf('draining', tasks);
    expect(mostInUse(uses, () => true)).toBe(2);
    expect(mostInUse(uses, ({ fromMs }) => fromMs > drainedAtMs)).toBe(1);
    // Who was there before is not driven out, and nobody else comes beside the last of them.
    const before = uses.filter(({ fromMs }) => fromMs <= drainedAtMs);
    expect(before).toHaveLength(2);
    const last = Math.min(...uses.filter(({ fromMs }) => fromMs > drainedAtMs).map(({ fromMs }) => fromMs));
    expect(last).toBeGreaterThanOrEqual(Math.max(...before.map(({ untilMs }) => untilMs)));
  });

  test('run-now puts a task first in line, but not past its blocker', async () => {
    const [holder = 0] = await many(1, { assignedTo: 'hurried', priority: 9 });
    await gooseLives(system, holder);
    const [better = 0] = await many(1, { assignedTo: 'hurried', priority: 9 });
    const [hurried = 0] = await many(1, { assignedTo: 'hurried' });
    const [blocked = 0] = await many(1, { assignedTo: 'hurried', blockedByTaskId: better });
    await inPhase(system, better, 'waiting');
    for (const id of [blocked, hurried])
      await system.client.workflow.getHandle('scheduler').signal('run-now', id);
    // Both: the order may come later than a line with one of them alone.
    await eventually('it is first in line', async () =>
      isDeepStrictEqual(await lineOf(system, 'hurried'), [hurried, better]),
    );
    await open('hurried');
    const all = [holder, hurried, better, blocked];
    await until(() => allComplete(all));
    expect(await inOrderOfSlot(all)).toEqual(all);
  });

  test('the slot of a holder that was terminated comes back when its host has seen its goose dead', async () => {
    const [holder = 0] = await many(1, { assignedTo: 'killed' });
    await gooseLives(system, holder);
    const [next = 0] = await many(1, { assignedTo: 'killed' });
    await system.client.workflow.getHandle(taskWorkflowId(holder)).terminate('by a test');
    const { closedAtMs } = (await lastRunOf(system.client, holder)) ?? {};
    await gooseGone(system, holder);
    const [first] = await eventually('one of them runs', async () => {
      const living = await alive([holder, next]);
      return living.length > 0 && living;
    });
    expect(first).toBe(next);
    // By the clock of the server: how soon its goose is up is another matter.
    const { runId = '' } = (await lastRunOf(system.client, next)) ?? {};
    expect((await grantedAtMs(next, runId)) - (closedAtMs ?? 0)).toBeLessThan(allowed(HEARTBEAT_TIMEOUT_MS));
    expect(await alive([holder, next])).toEqual([first]);
    const [comment] = await eventually('it is reclaimed', async () => {
      const comments = await system.comments(holder);
      return comments.length > 0 && comments;
    });
    expect(comment).toMatch(/ended from outside/);
    await forget([holder, next]);
  });

  test('a semaphore that was terminated finds its holder and its line again', async () => {
    const [holder = 0] = await many(1, { assignedTo: 'forgetful' });
    await gooseLives(system, holder);
    const [next = 0] = await many(1, { assignedTo: 'forgetful' });
    await inPhase(system, next, 'waiting');
    const terminatedAtMs = Date.now();
    await system.client.workflow.getHandle(poolId('forgetful')).terminate('by a test');
    await eventually('it is rebuilt', async () => {
      const { holders, waiters } = await slotsOf(system, 'forgetful');
      return holders[0]?.workflowId === taskWorkflowId(holder) && waiters.length === 1;
    });
    await system.client.workflow.getHandle(taskWorkflowId(holder)).cancel();
    await inPhase(system, holder, 'parked');
    await gooseLives(system, next);
    expect(Date.now() - terminatedAtMs).toBeGreaterThanOrEqual(HEARTBEAT_TIMEOUT_MS);
    await forget([holder, next]);
  });
});

/** Lets the gooses of the agent go on. */
function open(agent: string): Promise<void> {
  return writeFile(join(system.dir, `${agent}-open`), '');
}

async function many(count: number, task: Parameters<typeof newTask>[1]): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < count; n++) ids.push((await newTask(system, task)).id);
  return ids;
}

async function alive(tasks: number[]): Promise<number[]> {
  return (await system.gooses()).filter((task) => tasks.includes(task));
}

function usesOf(agent: string, tasks: number[]): Promise<SlotUse[]> {
  return slotUses(system.client, tasks, [poolId(agent)]);
}

/** When its semaphore was sent this signal. */
async function receivedAtMs(agent: string, name: string): Promise<number> {
  const { events } = await system.client.workflow.getHandle(poolId(agent)).fetchHistory();
  const signal = events?.find((event) => event.workflowExecutionSignaledEventAttributes?.signalName === name);
  if (signal === undefined) throw new Error(`the semaphore of ${agent} was never sent ${name}`);
  return timeOf(signal);
}

async function allComplete(ids: number[]): Promise<boolean> {
  const tasks = await Promise.all(ids.map((id) => system.tinytask.get(id)));
  return tasks.every((task) => task?.status === 'complete');
}

function until(done: () => Promise<boolean>): Promise<boolean> {
  return eventually('all tasks complete', done);
}

async function runsOf(taskId: number): Promise<{ runId: string; result: RunResult }[]> {
  const runs = [];
  for await (const { status, workflowId, runId } of system.client.workflow.list({
    query: `WorkflowId = "${taskWorkflowId(taskId)}"`,
  })) {
    if (status.name !== 'COMPLETED') continue;
    const handle = system.client.workflow.getHandle(workflowId, runId);
    runs.push({ runId, result: (await handle.result()) as RunResult });
  }
  return runs;
}

/** By the time at which the slot was theirs: a run that is written back has left it to the next one. */
async function inOrderOfSlot(ids: number[]): Promise<number[]> {
  const completed = await eventually('the server lists them as closed', async () => {
    const runs = (await Promise.all(ids.map(runsOf)))
      .flat()
      .filter(({ result }) => result.end === 'complete');
    return runs.length === ids.length && runs;
  });
  const had = await Promise.all(
    completed.map(async ({ runId, result: { taskId } }) => ({
      taskId,
      sinceMs: await grantedAtMs(taskId, runId),
    })),
  );
  return had.sort((a, b) => a.sinceMs - b.sinceMs).map(({ taskId }) => taskId);
}

async function grantedAtMs(taskId: number, runId: string): Promise<number> {
  const { events } = await system.client.workflow.getHandle(taskWorkflowId(taskId), runId).fetchHistory();
  const grant = events?.find(
    (event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'grant',
  );
  if (grant === undefined) throw new Error(`task ${taskId} has no grant in its history`);
  return timeOf(grant);
}

function signalAgent(agent: string, signal: string, ...args: unknown[]): Promise<void> {
  return system.client.workflow.getHandle(poolId(agent)).signal(signal, ...args);
}

async function forget(ids: number[]): Promise<void> {
  for (const id of ids) await system.tool('delete_task', { id });
  for (const id of ids) await gooseGone(system, id);
}

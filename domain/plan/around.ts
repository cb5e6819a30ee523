import { groupedBy } from '../grouped.ts';
import { poolId } from '../semaphore-id.ts';
import type { Task } from '../task.ts';
import type { PlanInput } from './input.ts';

/**
 * The part of an input that decides about one task, so that planning with one change after the other stays cheap: the agents
 * that may have the task, the tasks that these may have, and whatever decides the ranks of those. A plan of it is that of the
 * whole for these tasks, but for the limit of starts in one go.
 */
export function around(input: PlanInput, taskId: number): PlanInput {
  const byId = new Map(input.tasks.map((task) => [task.id, task]));
  const task = byId.get(taskId);
  if (task === undefined) return { ...input, tasks: [], openRuns: [] };
  const run = input.openRuns.find((each) => each.taskId === taskId);
  const wanted = [task.assignedTo, run?.wants, run?.agent];
  const named = input.agents.filter(({ name }) => wanted.includes(name));
  const queues = new Set([task.queue, ...named.map(({ queue }) => queue)].filter((queue) => queue !== null));
  const agents = input.agents.filter(
    (agent) => named.includes(agent) || (agent.queue !== null && queues.has(agent.queue)),
  );
  const names = new Set(agents.map(({ name }) => name));
  const pools = new Set([...queues].map(poolId));
  const runs = input.openRuns.filter(
    ({ taskId: id, semaphore, wants, agent }) =>
      id === taskId || pools.has(semaphore) || names.has(wants ?? '') || names.has(agent ?? ''),
  );
  const withRun = new Set(runs.map((run) => run.taskId));
  const near = input.tasks.filter(
    ({ id, queue, assignedTo }) => withRun.has(id) || queues.has(queue ?? '') || names.has(assignedTo ?? ''),
  );
  const kept = new Set([...near, ...blockersOf(task, byId)].map(({ id }) => id).concat(taskId));
  addWaiting(kept, input.tasks);
  const tasks = input.tasks.filter(({ id, parentTaskId }) => kept.has(id) || kept.has(parentTaskId ?? 0));
  const ofThem = new Set(tasks.map(({ id }) => id));
  return { ...input, agents, tasks, openRuns: input.openRuns.filter((run) => ofThem.has(run.taskId)) };
}

/** Its chain of blockers. */
function blockersOf(task: Task, byId: ReadonlyMap<number, Task>): Set<Task> {
  const chain = new Set<Task>();
  let next = byId.get(task.blockedByTaskId ?? 0);
  while (next !== undefined && !chain.has(next)) {
    chain.add(next);
    next = byId.get(next.blockedByTaskId ?? 0);
  }
  return chain;
}

/** Adds all that wait for one of them, directly and through chains: their number is part of a rank. */
function addWaiting(kept: Set<number>, tasks: readonly Task[]): void {
  const waiting = groupedBy(tasks, ({ blockedByTaskId }) => blockedByTaskId);
  // A set is gone through with what is added meanwhile.
  for (const id of kept) for (const each of waiting.get(id) ?? []) kept.add(each.id);
}

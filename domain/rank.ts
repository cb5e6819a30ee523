import type { Task } from './task.ts';

/** What decides who goes first. A run takes it along, and a semaphore orders its line by it. */
export interface Rank {
  /** Put first by a person (`run-now`). */
  first: boolean;
  /** Open tasks that wait for this one, directly and through chains. */
  dependents: number;
  priority: number;
  createdAt: string;
  id: number;
}

/** Total order: negative when `a` goes first. Ties end at the id, so equal ranks are the same task. */
export function compareRank(a: Rank, b: Rank): number {
  return (
    Number(b.first) - Number(a.first) ||
    b.dependents - a.dependents ||
    b.priority - a.priority ||
    compareText(a.createdAt, b.createdAt) ||
    a.id - b.id
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface Waits {
  /** Task id -> number of distinct open tasks that wait for it. Tasks nobody waits for are absent. */
  dependents: Map<number, number>;
  /** Circles of blockers, each from its lowest id on, in the order in which one waits for the next. */
  cycles: number[][];
}

/**
 * Who waits for whom, over ALL open tasks (not a window of them): a blocker may sit in another queue or
 * with another agent.
 *
 * A task has at most one blocker, so the waits form trees, and at most one circle at the root of each.
 * Trees are folded from their leaves, so a chain of 10,000 costs 10,000 steps; what is left are circles.
 */
export function countWaits(open: readonly Task[]): Waits {
  const blockerOf = new Map<number, number>();
  const blocked = open.filter((task) => task.blockedByTaskId !== null);
  const blockers = new Set(blocked.map((task) => task.blockedByTaskId));
  const openBlockers = new Set<number | null>();
  for (const { id } of open) if (blockers.has(id)) openBlockers.add(id);
  const waitingFor = new Map<number, number>();
  for (const task of blocked) {
    const blocker = task.blockedByTaskId;
    if (blocker === null || !openBlockers.has(blocker)) continue;
    blockerOf.set(task.id, blocker);
    waitingFor.set(blocker, (waitingFor.get(blocker) ?? 0) + 1);
  }

  const dependents = new Map<number, number>();
  const leaves = [...blockerOf.keys()].filter((id) => !waitingFor.has(id));
  const folded = new Set<number>();
  for (let id = leaves.pop(); id !== undefined; id = leaves.pop()) {
    folded.add(id);
    const blocker = blockerOf.get(id);
    if (blocker === undefined) continue;
    dependents.set(blocker, (dependents.get(blocker) ?? 0) + (dependents.get(id) ?? 0) + 1);
    const left = (waitingFor.get(blocker) ?? 0) - 1;
    waitingFor.set(blocker, left);
    if (left === 0) leaves.push(blocker);
  }

  const cycles = findCycles(blockerOf, folded);
  for (const cycle of cycles) {
    const all = cycle.reduce((sum, id) => sum + 1 + (dependents.get(id) ?? 0), 0);
    for (const id of cycle) dependents.set(id, all - 1);
  }
  return { dependents, cycles };
}

function findCycles(blockerOf: Map<number, number>, folded: Set<number>): number[][] {
  const seen = new Set<number>(folded);
  const cycles: number[][] = [];
  for (const start of [...blockerOf.keys()].sort((a, b) => a - b)) {
    const cycle: number[] = [];
    for (let id: number | undefined = start; id !== undefined && !seen.has(id); id = blockerOf.get(id)) {
      seen.add(id);
      cycle.push(id);
    }
    if (cycle.length > 0) cycles.push(cycle);
  }
  return cycles;
}

export function rankOf(task: Task, waits: Waits, first: ReadonlySet<number>): Rank {
  return {
    first: first.has(task.id),
    dependents: waits.dependents.get(task.id) ?? 0,
    priority: task.priority,
    createdAt: task.createdAt,
    id: task.id,
  };
}

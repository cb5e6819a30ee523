import { poolId, semaphoreOf } from '../semaphore-id.ts';
import type { Task } from '../task.ts';
import { type Capacities, type Capacity, inTurn, membersOf, take } from './capacity.ts';
import type { InLine } from './decision.ts';
import type { OpenRun } from './input.ts';
import { allAgainst, full, unavailable } from './no-capacity.ts';
import type { Ranked } from './planning.ts';
import { type Reason, stillOf } from './reason.ts';

/** A task whose run is in line, and what keeps the task itself from starting, the first reason first. */
export interface RunInLine {
  ranked: Ranked;
  run: OpenRun;
  reasons: readonly Reason[];
}

const MAY_NOT_START: readonly Reason['why'][] = ['blocked', 'cycle', 'open-subtasks'];

/**
 * Whether a run is in line where it may not stay: its task may not start, or it is for other agents now. A run finds out
 * by itself when somebody else has its task.
 */
export function isMisplaced({ ranked: { task }, run, reasons }: RunInLine, capacities: Capacities): boolean {
  const [reason] = reasons;
  if (reason !== undefined && MAY_NOT_START.includes(reason.why)) return true;
  return run.wants === null
    ? isOfAnotherPool(task, run, capacities)
    : isOfNoAgent(task, { ...run, wants: run.wants }, capacities);
}

function isOfAnotherPool({ queue }: Task, { semaphore }: OpenRun, capacities: Capacities): boolean {
  return queue === null || poolId(queue) !== semaphore || membersOf(queue, capacities).length === 0;
}

function isOfNoAgent(
  { assignedTo }: Task,
  { semaphore, wants }: OpenRun & { wants: string },
  { byName }: Capacities,
): boolean {
  const agent = byName.get(wants)?.agent;
  return agent === undefined || semaphoreOf(agent) !== semaphore || assignedTo === null;
}

/**
 * Why the run waits, and all reasons for that, the same one first. It takes from an agent's capacity, so that the tasks behind
 * it cannot.
 */
export function takeInLine(
  { ranked: { task, rank }, run, reasons }: RunInLine,
  capacities: Capacities,
): { inLine: InLine; all: Reason[] } {
  const { semaphore, wants } = run;
  const members = wants === null ? membersOf(task.queue, capacities) : only(capacities.byName.get(wants));
  const able = members.filter((capacity) => capacity.obstacle === undefined);
  const [best] = able.toSorted(inTurn);
  const noAgent = best === undefined ? [unavailable(members, task.queue ?? '')] : [];
  const [first, ...others] = [...reasons, ...noAgent];
  // A slot becomes free by itself, so it is not told beside another reason.
  const slot: Reason =
    best !== undefined && best.free > 0 ? { why: 'slot-due' } : full(wants, task.queue, able);
  const reason = first ?? slot;
  const againstAll = best === undefined ? allAgainst(wants, task.queue, members) : [];
  const noSlot = best !== undefined && (best.free <= 0 || reasons.length === 0) ? [slot] : [];
  if (best !== undefined) take(best);
  return {
    inLine: { taskId: task.id, reason, ...stillOf(reason, others), semaphore, rank },
    all: [...reasons, ...againstAll, ...noSlot],
  };
}

function only(capacity: Capacity | undefined): readonly Capacity[] {
  return capacity === undefined ? [] : [capacity];
}

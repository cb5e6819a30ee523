import type { Rank } from '../rank.ts';
import { poolId, semaphoreOf } from '../semaphore-id.ts';
import type { Task } from '../task.ts';
import type { InLine } from './decision.ts';
import type { OpenRun, PlanInput } from './input.ts';
import { full, unavailable } from './no-room.ts';
import { type Reason, stillOf } from './reason.ts';
import { membersOf, moreRoom, type Room, type Rooms, take } from './room.ts';

/** Runs that have no slot yet, as far as TinyTask tells: by task, and how many there are for each semaphore. */
export interface Lines {
  runs: ReadonlyMap<number, OpenRun>;
  counts: Map<string, number>;
}

export function linesOf(input: PlanInput, open: readonly Task[]): Lines {
  const idle = new Set(open.flatMap((task) => (task.status === 'idle' ? [task.id] : [])));
  const inLine = input.openRuns.filter((run) => run.state === 'active' && idle.has(run.taskId));
  const counts = new Map<string, number>();
  for (const { semaphore } of inLine) counts.set(semaphore, (counts.get(semaphore) ?? 0) + 1);
  return { runs: new Map(inLine.map((run) => [run.taskId, run])), counts };
}

const MAY_NOT_START: readonly Reason['why'][] = ['blocked', 'cycle', 'open-subtasks'];

/**
 * Whether a run in line is there for what is so no longer: its task may not start, or is for others now. Of a task that
 * somebody else has, its run knows itself whether that is so.
 */
export function isMisplaced(
  task: Task,
  { semaphore, wants }: OpenRun,
  reason: Reason | undefined,
  rooms: Rooms,
): boolean {
  if (reason !== undefined && MAY_NOT_START.includes(reason.why)) return true;
  if (wants === null) {
    const { queue } = task;
    return queue === null || poolId(queue) !== semaphore || membersOf(queue, rooms).length === 0;
  }
  const agent = rooms.byName.get(wants)?.agent;
  if (agent === undefined || semaphoreOf(agent) !== semaphore) return true;
  return task.assignedTo === null;
}

/** Takes its room, so that those behind it do not. */
export function lineOf(
  task: Task,
  rank: Rank,
  { semaphore, wants }: OpenRun,
  obstacles: readonly Reason[],
  rooms: Rooms,
): InLine {
  const members = wants === null ? membersOf(task.queue ?? '', rooms) : only(rooms.byName.get(wants));
  const able = members.filter((room) => room.obstacle === undefined);
  const [best] = able.toSorted(moreRoom);
  const own = best === undefined ? [unavailable(task.queue ?? '', members)] : [];
  const [obstacle, ...others] = [...obstacles, ...own];
  // A slot becomes free by itself, so it is not told beside another reason.
  const slot: Reason =
    best !== undefined && best.free > 0 ? { why: 'slot-due' } : full(wants, task.queue, able);
  if (best !== undefined) take(best);
  const reason = obstacle ?? slot;
  return { taskId: task.id, reason, ...stillOf(reason, others), semaphore, rank };
}

function only(room: Room | undefined): readonly Room[] {
  return room === undefined ? [] : [room];
}

import type { Rank } from '../rank.ts';
import { poolId, semaphoreOf } from '../semaphore-id.ts';
import type { Task } from '../task.ts';
import type { Start } from './decision.ts';
import type { Lines } from './in-line.ts';
import type { PlanInput } from './input.ts';
import { full, unavailable } from './no-room.ts';
import type { Reason } from './reason.ts';
import { hasPlace, membersOf, moreRoom, type Room, type Rooms, take } from './room.ts';

/** So many runs are in line at one semaphore at most. Only what a person puts first comes in addition. */
const MOST_IN_LINE = 1_000;
/** The start of a task for which there is a free slot or a place in line, or why there is none. */
export function place(task: Task, rank: Rank, input: PlanInput, rooms: Rooms, lines: Lines): Start | Reason {
  const home = homeOf(task, input, rooms);
  if ('why' in home) return home;
  const { able, pool, semaphore } = home;
  const wants = pool === null ? task.assignedTo : null;
  const inLine = lines.counts.get(semaphore) ?? 0;
  const [best] = able.filter(hasPlace).sort(moreRoom);
  const mayWait = inLine < MOST_IN_LINE || rank.first;
  if (best === undefined || (best.free <= 0 && !mayWait)) return full(wants, task.queue, able);
  take(best);
  if (best.free < 0) lines.counts.set(semaphore, inLine + 1);
  const { id, createdAt, queue } = task;
  return { task: { id, createdAt }, semaphore, wants, queue, pool, rank };
}

/** Where a task goes, and the agents there that may take it, whether they have room or not; the reason where there is none. */
export function homeOf(
  task: Task,
  input: PlanInput,
  rooms: Rooms,
): { able: Room[]; pool: string | null; semaphore: string } | Reason {
  const { queue, assignedTo } = task;
  const members = queue === null ? [] : membersOf(queue, rooms);
  const ours = input.assignedByUs[String(task.id)];
  const mayMove = ours?.agent === assignedTo && ours?.pool === queue && members.length > 0;

  if (assignedTo !== null && !mayMove) {
    const room = rooms.byName.get(assignedTo);
    if (room === undefined) return { why: 'unknown-agent', agent: assignedTo };
    return room.obstacle ?? { able: [room], pool: null, semaphore: semaphoreOf(room.agent) };
  }
  if (input.mode === 'legacy') return { why: 'legacy-unassigned' };
  if (queue === null) return { why: 'unassigned' };
  if (members.length === 0) return { why: 'no-agent-for-queue', queue };
  const able = members.filter((room) => room.obstacle === undefined);
  return able.length === 0 ? unavailable(queue, members) : { able, pool: queue, semaphore: poolId(queue) };
}

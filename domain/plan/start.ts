import { poolId, semaphoreOf } from '../semaphore-id.ts';
import { awaitsReleaseBy, occurrenceNamed, recipeNamed, type Task } from '../task.ts';
import { type Capacity, canTake, inTurn, membersOf, take } from './capacity.ts';
import type { Standing, Start } from './decision.ts';
import { allAgainst, full, unavailable, whyNone } from './no-capacity.ts';
import type { Planning, Ranked } from './planning.ts';
import type { Reason } from './reason.ts';

/** So many runs are in line at one semaphore at most; a task that a person has put first may be one more. */
const MOST_IN_LINE = 1_000;

/** The start of a task for which a slot is free or one more run may be in line; else why it does not start. */
export function takeStart({ task, rank }: Ranked, planning: Planning): Start | Reason {
  const takers = takersOf(task, planning);
  if ('why' in takers) return takers;
  const { members, pool, semaphore } = takers;
  const wants = pool === null ? task.assignedTo : null;
  const none = whyNone(members, wants, task.queue);
  if (none !== undefined) return none;
  const able = members.filter(({ obstacle }) => obstacle === undefined);
  const { counts } = planning.lines;
  const inLine = counts.get(semaphore) ?? 0;
  const [best] = able.filter(canTake).sort(inTurn);
  const mayBeInLine = inLine < MOST_IN_LINE || rank.first;
  if (best === undefined || (best.free <= 0 && !mayBeInLine)) return full(wants, task.queue, able);
  take(best);
  if (best.free < 0) counts.set(semaphore, inLine + 1);
  const { id, createdAt, queue } = task;
  const recipe = recipeNamed(task.tags);
  const occurrence = occurrenceNamed(task.tags);
  return {
    ...{ task: { id, createdAt }, semaphore, wants, queue, pool, rank },
    ...(recipe !== undefined && { recipe }),
    ...(occurrence !== undefined && { occurrence }),
  };
}

/** The agents that may have a task, whether they can be given something or not. */
interface Takers {
  members: readonly Capacity[];
  /** The pool whose task it is; null when it came with its agent. */
  pool: string | null;
  semaphore: string;
}

/** Why nobody can have a task, whether they have capacity or not; undefined: somebody can. */
export function whyNobody(task: Task, planning: Planning): Reason | undefined {
  const takers = takersOf(task, planning);
  if ('why' in takers) return takers;
  const { members } = takers;
  return members.some(({ obstacle }) => obstacle === undefined)
    ? undefined
    : unavailable(members, task.queue ?? '');
}

/** All that keeps a task from starting beside its own reasons, the one that decides first. */
export function againstStart(task: Task, planning: Planning): Reason[] {
  const takers = takersOf(task, planning);
  if ('why' in takers) return [takers];
  return allAgainst(takers.pool === null ? task.assignedTo : null, task.queue, takers.members);
}

/** Of which slots a task is to get the next; undefined where nobody can have it. */
export function slotFor(task: Task, planning: Planning): Standing['slot'] {
  const takers = takersOf(task, planning);
  if ('why' in takers) return undefined;
  const { semaphore, pool } = takers;
  return { semaphore, agent: pool === null ? task.assignedTo : null };
}

function takersOf(task: Task, { input, capacities }: Planning): Takers | Reason {
  const { queue, assignedTo } = task;
  const members = membersOf(queue, capacities);
  const ours = assignedTo === null ? undefined : input.assignedByUs[task.id];
  const mayMove = ours?.agent === assignedTo && ours?.pool === queue && members.length > 0;

  if (assignedTo !== null && !mayMove) {
    const capacity = capacities.byName.get(assignedTo);
    if (capacity === undefined) return { why: 'unknown-agent', agent: assignedTo };
    return { members: [capacity], pool: null, semaphore: semaphoreOf(capacity.agent) };
  }
  const occurrence = awaitsReleaseBy(task);
  if (occurrence !== undefined) return { why: 'not-released', occurrence };
  if (input.mode === 'legacy') return { why: 'legacy-unassigned' };
  if (queue === null) return { why: 'unassigned' };
  if (members.length === 0) return { why: 'no-agent-for-queue', queue };
  return { members, pool: queue, semaphore: poolId(queue) };
}

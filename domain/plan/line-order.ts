import type { Rank } from '../rank.ts';
import type { InLine } from './decision.ts';

/**
 * What the semaphores know of the ranks in their lines: task id -> a short text for the rank. A task that is not there is
 * one whose semaphore may know an old rank, or none.
 */
export type Ranks = Record<string, string>;

/** Tells a rank from another one of the same task: what else is in it never changes. */
export function rankMark({ first, dependents, priority }: Rank): string {
  return `${first ? '!' : ''}${dependents}/${priority}`;
}

/** By semaphore, the ranks that differ from what it knows; `ranks`: what all of them know when they have been told. */
export function changedOrder(
  inLine: readonly InLine[],
  known: Readonly<Ranks>,
): { order: Record<string, Rank[]>; ranks: Ranks } {
  const order: Record<string, Rank[]> = {};
  const ranks: Ranks = {};
  for (const { taskId, semaphore, rank } of inLine) {
    const mark = rankMark(rank);
    ranks[taskId] = mark;
    if (known[taskId] === mark) continue;
    order[semaphore] ??= [];
    order[semaphore].push(rank);
  }
  return { order, ranks };
}

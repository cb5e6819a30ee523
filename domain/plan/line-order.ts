import type { Rank } from '../rank.ts';
import type { InLine } from './decision.ts';

/**
 * The ranks that the semaphores know: task id -> a short text for the rank. Where a task is missing, its semaphore may know
 * an old rank, or none.
 */
export type Ranks = Record<string, string>;

/** A text that is another one for another rank of the same task. The other fields of a rank never change. */
export function rankMark({ first, dependents, priority }: Rank): string {
  return `${first ? '!' : ''}${dependents}/${priority}`;
}

/** `order`: by semaphore, the ranks that it does not know. `ranks`: what all of them know when they have been told. */
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

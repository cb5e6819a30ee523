// The same question has the same answer: what a forecast draws depends on the task and the number of the draw alone. So what
// a change does to a forecast is the change's doing, too, and not that of other luck.

/** Primes, so that `fairShare` meets each part once. */
const DRAWS = [199, 101, 53, 31, 17, 13, 7, 5] as const;
const FEWEST = 5;
/** Of tasks, over all draws. */
const MOST_PLAYED = 75_000;

/** How often a backlog of so many tasks is played. */
export function drawsFor(tasks: number): number {
  return DRAWS.find((draws) => draws * tasks <= MOST_PLAYED) ?? FEWEST;
}

/**
 * A number from 0 to 1, the middle of one of `draws` equal parts. Over all draws a task has each part once, in an order of its own,
 * and each two tasks have nearly each pair of parts equally often (a Latin hypercube), so few draws are enough.
 *
 * @param draw from 0, below `draws`, which is a prime
 */
export function fairShare(taskId: number, draw: number, draws: number): number {
  const step = 1 + (mixed(taskId) % (draws - 1));
  const begin = mixed(taskId + 0x9e3779b9) % draws;
  return (((step * draw + begin) % draws) + 0.5) / draws;
}

/** The finish of MurmurHash 3: each bit of the number decides about each bit of the answer. */
function mixed(number: number): number {
  let hash = number | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

import { reserveFound } from './budget.ts';
import { request } from './line.ts';
import { agentOrStranger, type Holder, type Pool, type Waiter } from './pool.ts';
import { otherRun, type RunRef, sameRun } from './run-ref.ts';

// A semaphore that lost its state finds the open runs of its pool at the server. What a run has said itself since the
// semaphore began to look (`heardFrom`) is newer than what was found.

/** @param holder.fence undefined: nobody knows it */
export function foundHolder(
  pool: Pool,
  { fence, ...run }: Omit<Holder, 'fence' | 'found'> & { fence?: number | undefined },
  heardFrom: readonly RunRef[] = [],
): void {
  if (heardFrom.some(sameRun(run)) || pool.holders.some(sameRun(run))) return;
  const waiter = pool.waiters.find(sameRun(run));
  // It has asked this semaphore, so it has no slot, unless a host is at its attempt: then a word of it came twice, or late.
  if (waiter !== undefined && !waiter.found && fence === undefined) return;
  pool.waiters = pool.waiters.filter(otherRun(run));
  agentOrStranger(pool, run.agent);
  const holder: Holder = fence === undefined ? { ...run, fence: null } : { ...run, fence, found: true };
  pool.holders.push(holder);
  reserveFound(pool, holder);
}

/**
 * Returns whether the run has to be looked for once more: it has given something back since, which may be that it has left
 * the line, or a late word about a slot that it had before it got in line.
 */
export function foundWaiter(
  pool: Pool,
  { sinceMs, ...waiter }: Omit<Waiter, 'found'>,
  heardFrom: readonly RunRef[] = [],
): boolean {
  if ([...pool.waiters, ...pool.holders].some(sameRun(waiter))) return false;
  if (heardFrom.some(sameRun(waiter))) return true;
  request(pool, waiter, sinceMs);
  const found = pool.waiters.find(sameRun(waiter));
  if (found !== undefined) found.found = true;
  return false;
}

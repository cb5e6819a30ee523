import { request } from './line.ts';
import { agentOrStranger, type Holder, type Pool, type Waiter } from './pool.ts';
import { otherRun, type RunRef, sameRun } from './run-ref.ts';

// A semaphore that lost its state finds the open runs of its pool at the server. What a run has said itself since the
// semaphore began to look (`heardFrom`) is newer than what was found.

export function foundHolder(
  pool: Pool,
  holder: Omit<Holder, 'fence'>,
  heardFrom: readonly RunRef[] = [],
): void {
  if (heardFrom.some(sameRun(holder)) || pool.holders.some(sameRun(holder))) return;
  const waiter = pool.waiters.find(sameRun(holder));
  // It has asked this semaphore, so it has no slot.
  if (waiter !== undefined && !waiter.found) return;
  pool.waiters = pool.waiters.filter(otherRun(holder));
  agentOrStranger(pool, holder.agent);
  pool.holders.push({ ...holder, fence: null });
}

export function foundWaiter(
  pool: Pool,
  { sinceMs, ...waiter }: Omit<Waiter, 'found'>,
  heardFrom: readonly RunRef[] = [],
): void {
  const known = [...heardFrom, ...pool.waiters, ...pool.holders];
  if (known.some(sameRun(waiter))) return;
  request(pool, waiter, sinceMs);
  const found = pool.waiters.find(sameRun(waiter));
  if (found !== undefined) found.found = true;
}

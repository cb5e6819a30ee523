import { request } from './line.ts';
import { agentOrStranger, type Holder, type Pool, type Waiter } from './pool.ts';
import { other, type RunRef, same } from './run-ref.ts';

// A semaphore that lost its state finds the open runs of its pool. What a run says itself is newer than what was found.

/** @param askedOrGaveBack runs that have said something of themselves since the rebuild began */
export function foundHolder(
  pool: Pool,
  holder: Omit<Holder, 'fence'>,
  askedOrGaveBack: readonly RunRef[] = [],
): void {
  if (askedOrGaveBack.some(same(holder)) || pool.holders.some(same(holder))) return;
  const waiter = pool.waiters.find(same(holder));
  if (waiter !== undefined && !waiter.found) return;
  pool.waiters = pool.waiters.filter(other(holder));
  agentOrStranger(pool, holder.agent);
  pool.holders.push({ ...holder, fence: null });
}

export function foundWaiter(
  pool: Pool,
  { sinceMs, ...waiter }: Omit<Waiter, 'found'>,
  askedOrGaveBack: readonly RunRef[] = [],
): void {
  const inHand = [...askedOrGaveBack, ...pool.waiters, ...pool.holders];
  if (inHand.some(same(waiter))) return;
  request(pool, waiter, sinceMs);
  const found = pool.waiters.find(same(waiter));
  if (found !== undefined) found.found = true;
}

import type { PoolStatus } from '../contract/listings.ts';

/** How a pool is, as a clause about it. */
export function sayPool({ agents, limit, paused }: PoolStatus): string {
  if (agents.length === 0) return 'no agent serves it';
  if (paused) return 'paused';
  return limit === 0 ? 'no slots' : 'open';
}

import type { PoolStatus } from '../contract/listings.ts';
import { sayHold } from './hold.ts';

/** How a pool is, as a clause about it. */
export function sayPool({ agents, limit, paused, hold }: PoolStatus): string {
  if (agents.length === 0) return 'no agent serves it';
  if (paused) return 'paused';
  if (hold !== undefined) return sayHold(hold);
  return limit === 0 ? 'no slots' : 'open';
}

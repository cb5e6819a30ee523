import type { PoolStatus } from '../contract/listings.ts';
import { isUsedUp } from '../domain/slots/tokens.ts';
import { sayBudget } from './budget.ts';

/** How a pool is, as a clause about it. */
export function sayPool({ queue, agents, limit, paused, budget }: PoolStatus): string {
  if (agents.length === 0) return 'no agent serves it';
  if (paused) return 'paused';
  const spent = sayBudget(`queue "${queue}"`, budget);
  if (budget?.today && isUsedUp(budget, budget.today) && spent !== undefined) return spent;
  return [limit === 0 ? 'no slots' : 'open', ...(spent === undefined ? [] : [spent])].join('; ');
}

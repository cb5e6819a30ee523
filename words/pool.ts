import { deedOf } from '../contract/by-hand.ts';
import type { PoolStatus } from '../contract/listings.ts';
import { isUsedUp } from '../domain/slots/tokens.ts';
import { sayBudget } from './budget.ts';
import { sayDeed } from './deed.ts';
import { sayHold } from './hold.ts';

/** How a pool is, as a clause about it. */
export function sayPool({ queue, agents, limit, paused, stopped, deeds, hold, budget }: PoolStatus): string {
  if (agents.length === 0) return 'no agent serves it';
  const switched = (did: 'stop-agents' | 'pause', otherwise: string) => {
    const deed = deedOf(deeds, [did]);
    return deed === undefined ? otherwise : sayDeed(deed);
  };
  if (stopped) return switched('stop-agents', 'agents stopped');
  if (paused) return switched('pause', 'paused');
  if (hold !== undefined) return sayHold(hold);
  const spent = sayBudget(`queue "${queue}"`, budget);
  if (budget?.today && isUsedUp(budget, budget.today) && spent !== undefined) return spent;
  return [limit === 0 ? 'no slots' : 'open', ...(spent === undefined ? [] : [spent])].join('; ');
}

import type { PoolHold } from '../domain/plan/agent-line.ts';
import { clock } from './clock.ts';

/** That a pool is held, and why, as a clause about it. */
export function sayHold({ reason, taken, untilMs, trying }: Omit<PoolHold, 'isTaken' | 'sinceMs'>): string {
  const next = trying ? 'one task tries now' : `one task tries from ${clock(untilMs)} on`;
  return `held: the same trouble took ${taken} of its agents (${reason}); ${next}`;
}

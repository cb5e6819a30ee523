import type { PoolHold } from '../../domain/plan/agent-line.ts';
import { isoTime } from './iso-time.ts';

/** Why a pool is held, as JSON. */
export function holdJson(hold: Omit<PoolHold, 'isTaken'>): Record<string, unknown> {
  const { reason, taken, sinceMs, untilMs, trying } = hold;
  return { reason, taken, since: isoTime(sinceMs), until: isoTime(untilMs), trying: trying === true };
}

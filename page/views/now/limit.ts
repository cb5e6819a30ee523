import { sayLasted } from '../../parts/lasted.ts';

/** How near a task is to the end of its time. */
export interface TowardsLimit {
  /** From 0 to 1. */
  share: number;
  kind: 'fine' | 'near' | 'over';
  says: string;
}

/** From here on it is said. */
export const NEAR = 0.8;

/**
 * Of a task that began at `since` and is stopped at `deadline`; undefined: it is not known when it is stopped.
 * All in milliseconds, times since the epoch.
 */
export function towardsLimit(
  { limit_ms: limitMs, deadline }: { limit_ms: number; deadline: string | null },
  nowMs: number,
): TowardsLimit | undefined {
  const untilMs = deadline === null ? Number.NaN : Date.parse(deadline);
  if (Number.isNaN(untilMs) || limitMs <= 0) return undefined;
  const usedMs = Math.max(0, limitMs - (untilMs - nowMs));
  const share = usedMs / limitMs;
  const of = `${sayLasted(usedMs)} of ${sayLimit(limitMs)}`;
  if (share >= 1) return { share: 1, kind: 'over', says: `${of}: over its limit` };
  return share >= NEAR
    ? { share, kind: 'near', says: `${of}: near its limit` }
    : { share, kind: 'fine', says: of };
}

/** A short one to the second: `1 min 50 s`, of which a minute is little more than half. */
function sayLimit(ms: number): string {
  const seconds = Math.round(ms / 1_000) % 60;
  return ms < 600_000 && ms >= 60_000 && seconds > 0 ? `${sayLasted(ms)} ${seconds} s` : sayLasted(ms);
}

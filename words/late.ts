import type { Occurrence } from '../contract/occurrence.ts';
import { duration } from './duration.ts';
import { sayWaitsFor } from './occurrence.ts';

/** From when on people want to know why. Ticks of the server come within some seconds. */
const LATE_MS = 15_000;

/** How much later than planned an occurrence was let in, in milliseconds; null: it was not. */
export function latenessMs({ plannedMs, startedMs, enteredMs }: Occurrence): number | null {
  const actualMs = enteredMs ?? startedMs;
  return actualMs === undefined ? null : Math.max(0, actualMs - plannedMs);
}

/** Why an occurrence was late, as a clause; null: it was not, or did not begin. `jitterMs`: of its schedule, where it is known. */
export function sayLate(occurrence: Occurrence, jitterMs = 0): string | null {
  const { trigger, plannedMs, startedMs, enteredMs, waited } = occurrence;
  const late = latenessMs(occurrence);
  if (late === null || startedMs === undefined || late < LATE_MS) return null;
  if (trigger === 'backfill' || trigger === 'missed') return `started by hand ${duration(late)} later`;
  const beforeMs = startedMs - plannedMs;
  const within = enteredMs === undefined ? 0 : enteredMs - startedMs;
  const why = [
    ...(beforeMs >= LATE_MS ? [sayBefore(beforeMs, jitterMs)] : []),
    ...(waited !== undefined && within > 0
      ? [`waited ${duration(within)}, since ${sayWaitsFor(waited)}`]
      : []),
  ];
  return why.length === 0 ? null : why.join('; ');
}

function sayBefore(ms: number, jitterMs: number): string {
  if (ms <= jitterMs + LATE_MS) return `moved by ${duration(ms)}, by chance`;
  return `nobody was there to start it for ${duration(ms)}`;
}

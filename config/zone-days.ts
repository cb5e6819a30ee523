import type { Day } from '../domain/slots/tokens.ts';

// The days of time zones, by the data that Node.js brings (Intl). Workflows are replayed by other hosts and versions, whose
// data may differ: so they are told these days, and never ask for them.

/** Between two midnights: at most 25 hours as a rule; Samoa once left out a whole day. */
const LONGEST_DAY_MS = 49 * 3_600_000;
const SHAPE = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;

/** Whether it names a time zone: `Europe/Berlin`, `UTC`. */
export function isTimeZone(name: string): boolean {
  // Some versions of Node.js take offsets such as +01:00, too.
  if (name.length > 64 || !SHAPE.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const TIME_ZONE_PATTERN = SHAPE.source;

/**
 * The day that it is in a zone, and those that follow, as many as `count` in all. A day has 23 or 25 hours where clocks are
 * changed in it. Throws RangeError for a zone that there is not.
 */
export function daysFrom(timeZone: string, nowMs: number, count: number): Day[] {
  const nameAt = dayNames(timeZone);
  const days: Day[] = [];
  for (let atMs = nowMs; days.length < count; atMs = days.at(-1)?.endsMs ?? atMs) {
    const day = nameAt(atMs);
    days.push({ day, endsMs: firstWithout(day, atMs, nameAt) });
  }
  return days;
}

/** The first moment of a later day. */
function firstWithout(day: string, fromMs: number, nameAt: (atMs: number) => string): number {
  let before = fromMs;
  let after = fromMs + LONGEST_DAY_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (nameAt(middle) > day) after = middle;
    else before = middle;
  }
  return after;
}

/** Gives the name of the day at a moment: `2026-11-26`. */
function dayNames(timeZone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit' },
  });
  return (atMs) => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  };
}

import { zoneOf } from '../../../../domain/schedule/zone.ts';
import { duration } from '../../../../words/duration.ts';

/** A moment on the clocks of a zone, with how far they are ahead of UTC: `2026-11-27 03:00 +01:00`. Seconds where there are any. */
export function timeIn(ms: number, timeZone: string): string {
  const { date, time, offset } = partsOf(ms, timeZone);
  return `${date} ${time} ${offset}`;
}

/** The same, and what the clocks of the reader show then, where that is another time. */
export function bothTimes(ms: number, timeZone: string, ownZone: string): string {
  const [there, here] = [partsOf(ms, timeZone), partsOf(ms, ownZone)];
  const both = `${there.date} ${there.time} ${there.offset}`;
  if (there.offset === here.offset) return both;
  return `${both} (here ${there.date === here.date ? '' : `${here.date} `}${here.time})`;
}

/** How far a moment is: `in 3 h 5 min`, `4 s ago`, `in 9 days`. */
export function away(ms: number, nowMs: number): string {
  const byMs = Math.abs(ms - nowMs);
  const far = byMs < DAYS_FROM_MS ? duration(byMs) : `${Math.floor(byMs / DAY_MS)} days`;
  return ms > nowMs ? `in ${far}` : `${far} ago`;
}

const DAY_MS = 86_400_000;
/** Shorter than that, hours say more. */
const DAYS_FROM_MS = 2 * DAY_MS;

function partsOf(ms: number, timeZone: string): { date: string; time: string; offset: string } {
  const wall = new Date(ms + offsetMs(ms, timeZone)).toISOString();
  return {
    date: wall.slice(0, 10),
    time: ms % 60_000 === 0 ? wall.slice(11, 16) : wall.slice(11, 19),
    offset: offsetText(offsetMs(ms, timeZone)),
  };
}

/** In UTC where this host does not know the zone. */
function offsetMs(ms: number, timeZone: string): number {
  return zoneOf(timeZone)?.offsetMs(ms) ?? 0;
}

function offsetText(ms: number): string {
  if (ms === 0) return 'UTC';
  const minutes = Math.abs(ms) / 60_000;
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  return `${ms < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

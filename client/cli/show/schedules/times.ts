import { sayMoment } from '../../../../words/due.ts';
import { duration } from '../../../../words/duration.ts';

/** A moment for a column: as the clocks of a zone show it, and what the reader's clocks show then, where that is another time. */
export function bothTimes(ms: number, timeZone: string, ownZone: string): string {
  const there = sayMoment(ms, timeZone);
  const here = sayMoment(ms, ownZone);
  if (there === here) return there;
  const [day = '', date = '', time = ''] = here.split(' ');
  const [, theirDate = ''] = there.split(' ');
  return `${there} (here ${date === theirDate ? time : `${day} ${date} ${time}`})`;
}

const DAY_MS = 86_400_000;
/** Shorter than that, hours say more. */
const DAYS_FROM_MS = 2 * DAY_MS;

/** How far a moment is: `in 3 h 5 min`, `4 s ago`, `in 9 days`. */
export function away(ms: number, nowMs: number): string {
  const byMs = Math.abs(ms - nowMs);
  const far = byMs < DAYS_FROM_MS ? duration(byMs) : `${Math.floor(byMs / DAY_MS)} days`;
  return ms > nowMs ? `in ${far}` : `${far} ago`;
}

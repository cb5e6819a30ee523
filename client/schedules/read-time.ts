import { readMoment } from '../../domain/schedule/moment.ts';
import { zoneOf } from '../../domain/schedule/zone.ts';
import { sayTimingProblem } from '../../words/timing-problem.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** Parts of a second, which no schedule has. */
const FRACTION = /(:\d{2})\.\d+/;

/**
 * A local time of the zone, its date alone for midnight, or a time with its offset.
 *
 * @returns milliseconds since the epoch, or why it is none, as a sentence
 */
export function readTime(text: string, timeZone: string): { atMs: number } | { problem: string } {
  const zone = zoneOf(timeZone) ?? zoneOf('UTC');
  if (zone === undefined) throw new Error('there is no UTC');
  const read = readMoment(withMidnight(text).replace(FRACTION, '$1'), zone);
  return 'code' in read ? { problem: sayTimingProblem(read) } : { atMs: read.atMs };
}

/** A date alone is its beginning. */
export function withMidnight(text: string): string {
  return DATE.test(text.trim()) ? `${text.trim()} 00:00` : text;
}

import { offsetText } from '../domain/schedule/placeholders.ts';
import type { Season, Upcoming } from '../domain/schedule/upcoming.ts';
import {
  asUtcMs,
  type ClockChange,
  fieldsOf,
  type WallTime,
  wallTime,
  zoneOf,
} from '../domain/schedule/zone.ts';
import { listed } from './schedule-timing.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A moment as the clocks of a zone show it: `Thu 2026-12-24 18:00 +01:00`. A zone that this host does not know: in UTC. */
export function sayMoment(ms: number, timeZone: string): string {
  const zone = zoneOf(timeZone);
  if (zone === undefined) return `${sayWall(fieldsOf(ms))} UTC`;
  return `${sayWall(wallTime(zone, ms))} ${offsetText(zone.offsetMs(ms))}`;
}

/**
 * A moment in the zone of a schedule, and in that of whoever looks where the clocks differ:
 * `Thu 2026-12-24 18:00 +01:00 Europe/Berlin (12:00 -05:00 America/New_York)`.
 */
export function sayMomentInBoth(ms: number, timeZone: string, viewersZone: string): string {
  const [theirs, ours] = [zoneOf(timeZone), zoneOf(viewersZone)];
  const said = `${sayMoment(ms, timeZone)} ${timeZone}`;
  if (theirs === undefined || ours === undefined || theirs.offsetMs(ms) === ours.offsetMs(ms)) return said;
  const [there, here] = [wallTime(theirs, ms), wallTime(ours, ms)];
  const also = there.day === here.day ? sayTime(here) : sayWall(here);
  return `${said} (${also} ${offsetText(ours.offsetMs(ms))} ${viewersZone})`;
}

function sayWall(wall: WallTime): string {
  return `${DAYS[new Date(asUtcMs(wall)).getUTCDay()]} ${sayDate(wall)} ${sayTime(wall)}`;
}

const two = (number: number) => String(number).padStart(2, '0');

function sayDate({ year, month, day }: WallTime): string {
  return `${year}-${two(month)}-${two(day)}`;
}

/** With its seconds only where there are some. */
function sayTime({ hour, minute, second }: WallTime): string {
  return `${two(hour)}:${two(minute)}${second === 0 ? '' : `:${two(second)}`}`;
}

/** One line for each thing that comes next; what a change of the clocks does to it is told. */
export function sayUpcoming(what: Upcoming, timeZone: string, viewersZone: string): string {
  switch (what.kind) {
    case 'due': {
      const said = sayMomentInBoth(what.atMs, timeZone, viewersZone);
      return what.twice === undefined ? said : `${said}: ${sayTwice(what.twice)}`;
    }
    case 'left-out':
      return sayLeftOut(what);
    case 'shifted':
      return (
        `${sayChange(what.change, what.season)}: it is due at ${sayTime(what.after)} from then on, ` +
        `and was at ${sayTime(what.before)}, since its days are those of UTC`
      );
  }
}

type DueTwice = NonNullable<Extract<Upcoming, { kind: 'due' }>['twice']>;

function sayTwice({ copy, both }: DueTwice): string {
  const other = copy === 'first' ? 'second' : 'first';
  const due = both ? 'it is due both times' : `it is not due at the ${other}`;
  return `the clocks go back (autumn) and show this time twice; this is the ${copy}, and ${due}`;
}

function sayLeftOut({ why, walls, count, change, season }: Extract<Upcoming, { kind: 'left-out' }>): string {
  const [first] = walls;
  const more = count > walls.length ? [`${count - walls.length} more`] : [];
  const times = `${first === undefined ? '' : `${sayDate(first)} `}${listed([...walls.map(sayTime), ...more])}`;
  const one = count === 1;
  const changed = sayChange(change, season);
  return why === 'missing'
    ? `${times} ${one ? 'does' : 'do'} not exist: ${changed}, so it is not due then`
    : `${times} ${one ? 'is' : 'are'} passed over by Temporal: ${changed}`;
}

/** `the clocks go from 02:00 to 03:00 on 2027-03-28 (spring)`. */
export function sayChange({ atMs, beforeMs, afterMs }: ClockChange, season: Season): string {
  const [from, to] = [fieldsOf(atMs + beforeMs), fieldsOf(atMs + afterMs)];
  return `the clocks go from ${sayTime(from)} to ${sayTime(to)} on ${sayDate(from)} (${season})`;
}

import { Temporal } from 'temporal-polyfill';
import { nearestName } from '../nearest-name.ts';

// Time zones by the data that Node.js brings. Workflows are replayed by other hosts and versions, whose data may differ: what
// imports this file runs in activities and clients, never in a workflow.

/** What a clock on the wall shows: a date of the Gregorian calendar, months and days from 1 on. */
export interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** A moment at which the clocks of a zone are moved, and by what they are ahead of UTC before and after it. */
export interface ClockChange {
  atMs: number;
  beforeMs: number;
  afterMs: number;
}

export interface Zone {
  name: string;
  /** How far its clocks are ahead of UTC at a moment, in milliseconds. */
  offsetMs(atMs: number): number;
  /** The first change of its clocks after a moment. */
  changeAfter(atMs: number): ClockChange | undefined;
}

/** Names of the tz database that have no `/`. Node.js also takes those of ICU (`PST`, `IST`), which the server does not know. */
const PLAIN =
  /^(UTC|GMT[+-]?0?|UCT|Zulu|Universal|Greenwich|CET|EET|MET|WET|EST|MST|HST|EST5EDT|CST6CDT|MST7MDT|PST8PDT|Cuba|Egypt|Eire|GB|GB-Eire|Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|NZ|NZ-CHAT|Navajo|PRC|Poland|Portugal|ROC|ROK|Singapore|Turkey|W-SU)$/;
const WITH_PLACE = /^(?!SystemV\/)[a-z][\w+-]*(?:\/[\w+-]+)+$/i;

const known = new Map<string, Zone>();

/**
 * The zone of a name as the tz database spells it: `Europe/Berlin`, `UTC`. Undefined for what the server would not find, such as
 * `europe/berlin`, `+01:00` or `PST`.
 */
export function zoneOf(name: string): Zone | undefined {
  const before = known.get(name);
  if (before !== undefined) return before;
  if (name.length > 64 || spelled(name) !== name) return undefined;
  const zone = newZone(name);
  known.set(name, zone);
  return zone;
}

/** As the tz database spells a name that may have another case, or undefined if there is none. */
function spelled(name: string): string | undefined {
  try {
    const id = at(0, name).timeZoneId;
    return PLAIN.test(id) || WITH_PLACE.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** The name that was probably meant, of a zone that there is. The last part of one is enough: `berlin`. */
export function nearestZone(name: string): string | undefined {
  if (name.length > 64) return undefined;
  const exact = spelled(name);
  if (exact !== undefined) return exact;
  const byLetters = new Map(
    ['UTC', ...Intl.supportedValuesOf('timeZone')].map((each) => [each.toLowerCase(), each]),
  );
  const byCity = new Map([...byLetters].map(([lower, each]) => [lower.split('/').at(-1) ?? lower, each]));
  const asked = name.trim().toLowerCase().replaceAll(' ', '_');
  const city = byCity.get(asked) ?? byCity.get(asked.split('/').at(-1) ?? '');
  return city ?? byLetters.get(nearestName(asked, [...byLetters.keys()]) ?? '');
}

/** From one change of the clocks to the next. */
interface Stretch {
  fromMs: number;
  untilMs: number;
  offsetMs: number;
}

/** As many as two hundred years have. Looking one up takes half a millisecond, and due times are asked of the same ones. */
const KEPT_STRETCHES = 400;

function newZone(name: string): Zone {
  let kept: Stretch[] = [];
  let last: Stretch | undefined;
  const stretchAt = (atMs: number): Stretch => {
    if (last !== undefined && isWithin(last, atMs)) return last;
    last = kept.find((stretch) => isWithin(stretch, atMs));
    if (last !== undefined) return last;
    last = stretchOf(name, atMs);
    kept = [...kept.slice(1 - KEPT_STRETCHES), last];
    return last;
  };
  return {
    name,
    offsetMs: (atMs) => stretchAt(atMs).offsetMs,
    changeAfter(afterMs) {
      const { untilMs, offsetMs } = stretchAt(afterMs);
      if (untilMs === Number.POSITIVE_INFINITY) return undefined;
      return { atMs: untilMs, beforeMs: offsetMs, afterMs: stretchAt(untilMs).offsetMs };
    },
  };
}

function isWithin({ fromMs, untilMs }: Stretch, atMs: number): boolean {
  return atMs >= fromMs && atMs < untilMs;
}

function stretchOf(name: string, atMs: number): Stretch {
  const here = at(atMs, name);
  return {
    // Of a moment at which the clocks are moved, the one before would be told.
    fromMs:
      at(atMs + 1, name).getTimeZoneTransition('previous')?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    untilMs: here.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: here.offsetNanoseconds / 1_000_000,
  };
}

function at(ms: number, name: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(name);
}

/** What the clocks of a zone show at a moment. */
export function wallTime(zone: Zone, atMs: number): WallTime {
  return fieldsOf(atMs + zone.offsetMs(atMs));
}

/** The moment at which a clock on UTC shows this; days and hours may be too large, and carry over. */
export function asUtcMs({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** What a clock on UTC shows at a moment. */
export function fieldsOf(utcMs: number): WallTime {
  const date = new Date(utcMs);
  return {
    ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
    ...{ hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() },
  };
}

/** When the clocks of a zone show this: once as a rule, never where they leave it out, twice where they are put back. Earliest first. */
export function momentsOf(zone: Zone, wall: WallTime): number[] {
  const asUtc = asUtcMs(wall);
  // No zone is further from UTC than a day.
  const offsets = new Set([zone.offsetMs(asUtc - 86_400_000), zone.offsetMs(asUtc + 86_400_000)]);
  return [...offsets]
    .map((offset) => asUtc - offset)
    .filter((ms) => ms + zone.offsetMs(ms) === asUtc)
    .sort((a, b) => a - b);
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

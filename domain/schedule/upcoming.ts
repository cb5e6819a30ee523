import { compileTiming, type WhenDue } from './compile.ts';
import { matches, nextTime, timesOf } from './matching-times.ts';
import { type CalendarRanges, isIn, type ServerSpec } from './server-spec.ts';
import { asUtcMs, type ClockChange, fieldsOf, type WallTime, wallTime, type Zone, zoneOf } from './zone.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Wall times that are named of those that a change leaves out. */
const NAMED = 3;

/** Clocks are put forward in spring and back in autumn, on either half of the earth. */
export type Season = 'spring' | 'autumn';

/** What comes next, in order: what is due, and what a change of the clocks does to it. */
export type Upcoming =
  | { kind: 'due'; atMs: number; twice?: Twice }
  /**
   * `missing`: wall times of the timing that the clocks do not show on that day. `passed-over`: they show them, and the server passes
   * them over, as it does in the hours after clocks were put back. The first of them are named.
   */
  | {
      kind: 'left-out';
      why: 'missing' | 'passed-over';
      walls: readonly WallTime[];
      count: number;
      change: ClockChange;
      season: Season;
    }
  /** Of whole days in UTC: the clocks show another time of day from then on. */
  | { kind: 'shifted'; before: WallTime; after: WallTime; change: ClockChange; season: Season };

/** The clocks show it twice; whether it is due both times, and which of them this is. */
export interface Twice {
  copy: 'first' | 'second';
  otherMs: number;
  both: boolean;
}

/** Something that comes, and when it has its place among the others. */
interface Placed {
  place: number;
  what: Upcoming;
}

export function seasonOf({ beforeMs, afterMs }: ClockChange): Season {
  return afterMs > beforeMs ? 'spring' : 'autumn';
}

/**
 * The next `count` times after a moment, as the server fires them, with what changes of the clocks do to them, and between them.
 * Throws UnreadableTiming as `compileTiming` does.
 */
export function upcoming(when: WhenDue, fromMs: number, count: number): Upcoming[] {
  const spec = compileTiming(when);
  const zone = zoneOf(when.timeZone);
  if (zone === undefined) throw new RangeError(`there is no time zone ${when.timeZone}`);
  const times = timesOf(spec, fromMs, { count });
  const untilMs = times.at(-1) ?? fromMs;
  const found: Placed[] = times.map((atMs) => {
    const twice = twiceOf(atMs, { spec, zone, times });
    return { place: atMs, what: { kind: 'due', atMs, ...(twice === undefined ? {} : { twice }) } };
  });
  for (const change of changesIn(zone, Math.max(fromMs, spec.startMs ?? fromMs) - DAY_MS, untilMs)) {
    found.push(...leftOut({ spec, zone, change, fromMs, untilMs, times }));
    if (when.timing.kind === 'every' && when.timing.everyMs % DAY_MS === 0) {
      found.push(...shifted(times, zone, change));
    }
  }
  return found.sort((a, b) => a.place - b.place).map(({ what }) => what);
}

function* changesIn(zone: Zone, afterMs: number, untilMs: number): Generator<ClockChange> {
  let change = zone.changeAfter(afterMs);
  while (change !== undefined && change.atMs <= untilMs) {
    // A zone may get another name or law, while its clocks go on as before.
    if (change.beforeMs !== change.afterMs) yield change;
    change = zone.changeAfter(change.atMs);
  }
}

interface Shown {
  spec: ServerSpec;
  zone: Zone;
  times: readonly number[];
}

function twiceOf(atMs: number, { spec, zone, times }: Shown): Twice | undefined {
  const change = zone.changeAfter(atMs - DAY_MS);
  if (change === undefined || change.afterMs >= change.beforeMs) return undefined;
  const byMs = change.beforeMs - change.afterMs;
  const isFirst = atMs < change.atMs && atMs >= change.atMs - byMs;
  const isSecond = atMs >= change.atMs && atMs < change.atMs + byMs;
  if (!isFirst && !isSecond) return undefined;
  const otherMs = isFirst ? atMs + byMs : atMs - byMs;
  const both = times.includes(otherMs) || nextTime(spec, otherMs - 1_000) === otherMs;
  return { copy: isFirst ? 'first' : 'second', otherMs, both };
}

interface Around extends Shown {
  change: ClockChange;
  fromMs: number;
  untilMs: number;
}

/** What the calendars have on the days around a change, and the server does not fire. */
function leftOut(around: Around): Placed[] {
  const { spec, zone, change, fromMs, untilMs, times } = around;
  // In UTC nothing is left out.
  if (spec.timeZone !== zone.name || zone.name === 'UTC') return [];
  const due = new Set(times);
  const missing: WallTime[] = [];
  const passed: { wall: WallTime; atMs: number }[] = [];
  for (const wall of wallTimesNear(spec.calendars, change)) {
    const moments = momentsAround(wall, change);
    if (moments.length === 0) {
      // Before the first one that is told, nobody asks.
      if (change.atMs > fromMs) missing.push(wall);
    } else if (moments.every((ms) => ms > fromMs && ms <= untilMs && isWithin(spec, ms) && !due.has(ms))) {
      passed.push({ wall, atMs: moments[0] ?? 0 });
    }
  }
  return [
    ...named('missing', missing, { change, place: change.atMs }),
    ...named(
      'passed-over',
      passed.map(({ wall }) => wall),
      { change, place: passed[0]?.atMs ?? 0 },
    ),
  ];
}

function named(
  why: 'missing' | 'passed-over',
  walls: WallTime[],
  { change, place }: { change: ClockChange; place: number },
): Placed[] {
  if (walls.length === 0) return [];
  const season = seasonOf(change);
  return [
    {
      place,
      what: { kind: 'left-out', why, walls: walls.slice(0, NAMED), count: walls.length, change, season },
    },
  ];
}

function isWithin({ startMs = 0, endMs = Number.POSITIVE_INFINITY }: ServerSpec, ms: number): boolean {
  return ms >= startMs && ms <= endMs;
}

/** The wall times of the calendars on the day of a change, on the day that follows it, and on one that it leaves out; each once. */
function wallTimesNear(calendars: readonly CalendarRanges[], change: ClockChange): WallTime[] {
  const first = fieldsOf(change.atMs + Math.min(change.beforeMs, change.afterMs));
  const last = asUtcMs(fieldsOf(change.atMs + Math.max(change.beforeMs, change.afterMs)));
  const found = new Map<number, WallTime>();
  for (let dayMs = Date.UTC(first.year, first.month - 1, first.day); dayMs <= last; dayMs += DAY_MS) {
    for (const calendar of calendars) {
      for (const minute of minutesOn(calendar, dayMs)) found.set(minute, fieldsOf(minute));
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, wall]) => wall);
}

/** The wall times of a calendar on a day, as moments of UTC. */
function minutesOn(calendar: CalendarRanges, dayMs: number): number[] {
  const minutes: number[] = [];
  const anyTime = { hour: WHOLE_DAY, minute: WHOLE_DAY, second: WHOLE_DAY };
  if (!matches({ ...calendar, ...anyTime }, fieldsOf(dayMs))) return minutes;
  for (let hour = 0; hour < 24; hour++) {
    if (!isIn(calendar.hour, hour)) continue;
    for (let minute = 0; minute < 60; minute++) {
      if (isIn(calendar.minute, minute)) minutes.push(dayMs + (hour * 60 + minute) * MINUTE_MS);
    }
  }
  return minutes;
}

const WHOLE_DAY = [{ from: 0, to: 59, step: 1 }];

/** When the clocks show a wall time near a change: never, once or twice. */
function momentsAround(wall: WallTime, { atMs, beforeMs, afterMs }: ClockChange): number[] {
  const asUtc = asUtcMs(wall);
  const [before, after] = [asUtc - beforeMs, asUtc - afterMs];
  return [...(before < atMs ? [before] : []), ...(after >= atMs ? [after] : [])];
}

function shifted(times: readonly number[], zone: Zone, change: ClockChange): Placed[] {
  const next = times.find((ms) => ms >= change.atMs);
  const last = times.findLast((ms) => ms < change.atMs);
  if (next === undefined || last === undefined) return [];
  const [before, after] = [wallTime(zone, last), wallTime(zone, next)];
  return [{ place: change.atMs, what: { kind: 'shifted', before, after, change, season: seasonOf(change) } }];
}

import { compileTiming, type WhenDue } from './compile.ts';
import { type CalendarRanges, isIn, type ServerSpec, YEARS } from './server-spec.ts';
import { asUtcMs, daysInMonth, type WallTime, wallTime, type Zone, zoneOf } from './zone.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/** How far a list of due times goes: so many, or up to a moment, itself included; never more than `MOST_TIMES`. */
export type HowFar = { count: number } | { untilMs: number };

export const MOST_TIMES = 10_000;

/**
 * When a schedule is due after `fromMs`, as the server fires it, jitter left out. Throws UnreadableTiming for a timing that
 * `checkTiming` would not have accepted.
 */
export function matchingTimes(when: WhenDue, fromMs: number, howFar: HowFar): number[] {
  return timesOf(compileTiming(when), fromMs, howFar);
}

/**
 * As `matchingTimes`, of what the server is told. Where clocks are changed the server has ways of its own: see `momentOf` and
 * `nextOfCalendar`. test/temporal/schedule-times.test.ts compares with a server.
 */
export function timesOf(spec: ServerSpec, fromMs: number, howFar: HowFar): number[] {
  const times: number[] = [];
  const untilMs = 'untilMs' in howFar ? howFar.untilMs : Number.POSITIVE_INFINITY;
  const count = 'count' in howFar ? Math.min(howFar.count, MOST_TIMES) : MOST_TIMES;
  for (let after = fromMs; times.length < count; ) {
    const next = nextTime(spec, after);
    if (next === undefined || next > untilMs) break;
    times.push(next);
    after = next;
  }
  return times;
}

/** When it is due next after a moment. */
export function nextTime(spec: ServerSpec, afterMs: number): number | undefined {
  const zone = zoneOf(spec.timeZone);
  if (zone === undefined) return undefined;
  const { startMs = Number.NEGATIVE_INFINITY, endMs = Number.POSITIVE_INFINITY } = spec;
  let after = Math.floor(Math.max(afterMs, startMs - SECOND_MS) / SECOND_MS) * SECOND_MS;
  for (;;) {
    const from = after;
    const found = [
      ...spec.calendars.flatMap((calendar) => nextOfCalendar(calendar, zone, from) ?? []),
      ...spec.intervals.map((interval) => nextOfInterval(interval, from)),
      // Whatever a zone may do, this comes to an end.
    ].filter((ms) => ms > from);
    const next = Math.min(...found);
    if (found.length === 0 || next > endMs) return undefined;
    if (!spec.skip.some((calendar) => matches(calendar, wallTime(zone, next)))) return next;
    after = next;
  }
}

function nextOfInterval({ everyMs, offsetMs }: ServerSpec['intervals'][number], after: number): number {
  return (Math.floor((after - offsetMs) / everyMs) + 1) * everyMs + offsetMs;
}

/** Whether a calendar has this wall time. */
export function matches(calendar: CalendarRanges, wall: WallTime): boolean {
  return isDayOf(calendar, wall, weekdayOf(asUtcMs(wall))) && isTimeOf(calendar, wall);
}

function isTimeOf({ hour, minute, second }: CalendarRanges, wall: WallTime): boolean {
  return isIn(hour, wall.hour) && isIn(minute, wall.minute) && isIn(second, wall.second);
}

function isDayOf(calendar: CalendarRanges, { year, month, day }: WallTime, weekday: number): boolean {
  const isYear = calendar.year.length === 0 || isIn(calendar.year, year);
  const isDate = isIn(calendar.month, month) && isIn(calendar.dayOfMonth, day);
  return isYear && isDate && isIn(calendar.dayOfWeek, weekday);
}

function weekdayOf(utcMs: number): number {
  return new Date(utcMs).getUTCDay();
}

/**
 * The moment that the server takes for a wall time. It is one of two where clocks are put back: the later one east of Greenwich,
 * the earlier one west of it. For one that they leave out it is a moment of another wall time. (Go's `time.Date`: it takes the offset
 * that there is when UTC shows the same, and if that leads elsewhere, the offset that there is where it led.)
 */
function momentOf(wall: WallTime, zone: Zone): number {
  const asUtc = asUtcMs(wall);
  return asUtc - zone.offsetMs(asUtc - zone.offsetMs(asUtc));
}

/**
 * The next time of one calendar. The server goes on from what the clock shows. So it goes on within the hour first (`again`: of an
 * hour that comes twice, the second time), then through the same hour once more if that comes twice, then through the later ones.
 */
function nextOfCalendar(calendar: CalendarRanges, zone: Zone, after: number): number | undefined {
  const now = wallTime(zone, after);
  const again = wallTime(zone, after - HOUR_MS).hour === now.hour;
  const isToday = isDayOf(calendar, now, weekdayOf(asUtcMs(now)));
  if (isToday && isIn(calendar.hour, now.hour)) {
    const rest = firstInHour(calendar, { ...now, second: now.second + 1 });
    if (rest !== undefined) {
      const moment = momentOf(rest, zone);
      if (wallTime(zone, moment).hour === rest.hour) return moment + (again ? HOUR_MS : 0);
    } else if (!again && comesTwice(now, zone)) {
      const repeated = firstInHour(calendar, { ...now, minute: 0, second: 0 });
      if (repeated !== undefined) return momentOf(repeated, zone) + HOUR_MS;
    }
  }
  if (isToday) {
    const later = firstFrom(calendar, { ...now, hour: now.hour + 1 }, zone);
    if (later !== undefined) return later;
  }
  return nextDay(calendar, now, zone);
}

/** Whether the clocks pass more than an hour between the beginning of this hour and that of the next. */
function comesTwice(wall: WallTime, zone: Zone): boolean {
  const begins = { ...wall, minute: 0, second: 0 };
  return momentOf({ ...begins, hour: wall.hour + 1 }, zone) - momentOf(begins, zone) > HOUR_MS;
}

function nextDay(calendar: CalendarRanges, now: WallTime, zone: Zone): number | undefined {
  for (let { year, month, day } = now; ; ) {
    day += 1;
    const isMonth = isIn(calendar.month, month) && (calendar.year.length === 0 || isIn(calendar.year, year));
    if (!isMonth || day > daysInMonth(year, month)) {
      day = 0;
      month += 1;
      if (month > 12) {
        month = 1;
        year += 1;
      }
      if (year > YEARS.max) return undefined;
      continue;
    }
    if (!isIn(calendar.dayOfMonth, day)) continue;
    const midnight = { year, month, day, hour: 0, minute: 0, second: 0 };
    if (!isWeekdayOf(calendar, midnight, zone)) continue;
    const found = firstFrom(calendar, midnight, zone);
    if (found !== undefined) return found;
  }
}

/** By the moment that the server takes for it: where clocks leave out midnight, that is one of the day before. */
function isWeekdayOf(calendar: CalendarRanges, wall: WallTime, zone: Zone): boolean {
  const moment = momentOf(wall, zone);
  return isIn(calendar.dayOfWeek, weekdayOf(moment + zone.offsetMs(moment)));
}

/** The first time of the calendar on this day from an hour on; hours that the clocks leave out have none. */
function firstFrom(calendar: CalendarRanges, from: WallTime, zone: Zone): number | undefined {
  for (let hour = from.hour; hour < 24; hour++) {
    if (!isIn(calendar.hour, hour)) continue;
    const first = firstInHour(calendar, { ...from, hour, minute: 0, second: 0 });
    if (first === undefined) return undefined;
    const moment = momentOf(first, zone);
    if (wallTime(zone, moment).hour === hour) return moment;
    // The server looks at the day of the week once more.
    if (!isWeekdayOf(calendar, { ...from, hour: hour + 1, minute: 0, second: 0 }, zone)) return undefined;
  }
  return undefined;
}

/** The first wall time of the calendar within the hour, from a minute and second on. */
function firstInHour(calendar: CalendarRanges, from: WallTime): WallTime | undefined {
  for (let { minute, second } = from; minute < 60; minute++, second = 0) {
    if (!isIn(calendar.minute, minute)) continue;
    for (; second < 60; second++) {
      if (isIn(calendar.second, second)) return { ...from, minute, second };
    }
  }
  return undefined;
}

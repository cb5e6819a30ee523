import { calendarPattern, readCalendar } from './calendar.ts';
import { cronPattern, readCron } from './cron.ts';
import type { Definition, Timing } from './definition.ts';
import { readMoment } from './moment.ts';
import { calendarsOf, isHourly, othersOf, type Pattern, withDaysBefore } from './pattern.ts';
import { rangesOf, type ServerSpec } from './server-spec.ts';
import type { TimingProblem } from './timing-problem.ts';
import { fieldsOf, type Zone, zoneOf } from './zone.ts';

/** What of a definition says when it is due. */
export type WhenDue = Pick<Definition, 'timing' | 'timeZone' | 'startMs' | 'endMs'>;

/** A timing that was accepted before cannot be read: of a newer version, or the zone is unknown here. */
export class UnreadableTiming extends Error {
  override readonly name = 'UnreadableTiming';
  constructor(readonly problem: TimingProblem) {
    super(`a timing that cannot be read: ${problem.code}`);
  }
}

/**
 * What the server is told. From the start on, and before the end, in whole seconds as the server counts. Throws UnreadableTiming for
 * what `checkTiming` would not have accepted.
 */
export function compileTiming(when: WhenDue & { jitterMs?: number }): ServerSpec {
  const spec = compileOrSay(when);
  if ('code' in spec) throw new UnreadableTiming(spec);
  return spec;
}

/** As `compileTiming`, with the problem as its answer. */
export function compileOrSay(when: WhenDue & { jitterMs?: number }): ServerSpec | TimingProblem {
  const { timing, timeZone, startMs, endMs, jitterMs = 0 } = when;
  const zone = zoneOf(timeZone);
  if (zone === undefined) return { code: 'unknown-zone', timeZone, near: null };
  const due = dueOf(timing, zone);
  if ('code' in due) return due;
  return {
    ...due,
    ...(startMs === undefined ? {} : { startMs: Math.ceil(startMs / 1_000) * 1_000 }),
    // The server counts its end, too.
    ...(endMs === undefined ? {} : { endMs: Math.ceil(endMs / 1_000) * 1_000 - 1_000 }),
    jitterMs,
  };
}

type Due = Pick<ServerSpec, 'timeZone' | 'calendars' | 'skip' | 'intervals'>;

function dueOf(timing: Timing, zone: Zone): Due | TimingProblem {
  if (timing.kind === 'every') {
    const { everyMs, offsetMs = 0 } = timing;
    return { timeZone: zone.name, calendars: [], skip: [], intervals: [{ everyMs, offsetMs }] };
  }
  if (timing.kind === 'at') {
    const moment = readMoment(timing.at, zone);
    return 'code' in moment ? moment : onceAt(moment.atMs);
  }
  const pattern = patternOf(timing);
  return 'code' in pattern ? pattern : again(pattern, zone);
}

/** The wall times that a timing names; of `every` and `at` there are none. */
export function patternOf(timing: Timing & { kind: 'cron' | 'calendar' }): Pattern | TimingProblem {
  if (timing.kind === 'cron') {
    const cron = readCron(timing.cron);
    return 'code' in cron ? cron : cronPattern(cron);
  }
  const words = readCalendar(timing.calendar);
  return 'code' in words ? words : calendarPattern(words);
}

/** In UTC, where no moment comes twice. */
function onceAt(atMs: number): Due {
  const { year, month, day, hour, minute, second } = fieldsOf(atMs);
  const calendar = {
    ...{ second: rangesOf([second]), minute: rangesOf([minute]), hour: rangesOf([hour]) },
    ...{ dayOfMonth: rangesOf([day]), month: rangesOf([month]), year: rangesOf([year]) },
    dayOfWeek: [{ from: 0, to: 6, step: 1 }],
  };
  return { timeZone: 'UTC', calendars: [calendar], skip: [], intervals: [] };
}

/**
 * Where clocks are put back, the server leaves out up to two hours of what is due within each hour east of Greenwich. What only its
 * minutes choose is the same in UTC, where that does not happen.
 */
function again(pattern: Pattern, zone: Zone): Due {
  if (isHourly(pattern) && hasWholeHours(zone)) {
    return { timeZone: 'UTC', calendars: calendarsOf(pattern), skip: [], intervals: [] };
  }
  const found = leavesOutMidnight(zone) ? withDaysBefore(pattern) : pattern;
  return { timeZone: zone.name, calendars: calendarsOf(found), skip: othersOf(pattern), intervals: [] };
}

/** Whether its clocks show the minutes of UTC, in winter and in summer. */
function hasWholeHours(zone: Zone): boolean {
  return [Date.UTC(2026, 0), Date.UTC(2026, 6)].every((ms) => zone.offsetMs(ms) % 3_600_000 === 0);
}

/** Whether its clocks are put forward past a midnight, by the next changes: as in Havana, Santiago, Cairo. */
function leavesOutMidnight(zone: Zone): boolean {
  let change = zone.changeAfter(Date.UTC(2026, 0));
  for (let count = 0; change !== undefined && count < 2; count++) {
    const { atMs, beforeMs, afterMs } = change;
    // The last midnight before the clocks show what they show after it.
    if ((atMs + afterMs - 1) % DAY_MS < afterMs - beforeMs) return true;
    change = zone.changeAfter(atMs);
  }
  return false;
}

const DAY_MS = 86_400_000;

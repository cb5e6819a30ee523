import { type CalendarSpec, DAYS_OF_WEEK, MONTHS, type ScheduleSpec } from '@temporalio/client';
import type { CalendarRanges, Range, ServerSpec } from '../domain/schedule/server-spec.ts';

/** What the server is told of when a schedule is due, in the form of the SDK. */
export function scheduleSpec(spec: ServerSpec): ScheduleSpec {
  const { timeZone, calendars, skip, intervals, startMs, endMs, jitterMs } = spec;
  return {
    timezone: timeZone,
    calendars: calendars.map(calendarSpec),
    skip: skip.map(calendarSpec),
    intervals: intervals.map(({ everyMs, offsetMs }) => ({ every: everyMs, offset: offsetMs })),
    ...(startMs === undefined ? {} : { startAt: new Date(startMs) }),
    ...(endMs === undefined ? {} : { endAt: new Date(endMs) }),
    jitter: jitterMs,
  };
}

function calendarSpec({ month, dayOfWeek, ...numbers }: CalendarRanges): CalendarSpec {
  return {
    ...{ second: numbers.second.map(plain), minute: numbers.minute.map(plain) },
    ...{ hour: numbers.hour.map(plain), dayOfMonth: numbers.dayOfMonth.map(plain) },
    year: numbers.year.length === 0 ? '*' : numbers.year.map(plain),
    month: month.map((range) => named(range, (number) => MONTHS[number - 1])),
    dayOfWeek: dayOfWeek.map((range) => named(range, (number) => DAYS_OF_WEEK[number])),
  };
}

/** With its end: the SDK sends 1 for one that is left out. */
function plain({ from, to, step }: Range): { start: number; end: number; step: number } {
  return { start: from, end: to, step };
}

function named<Name>({ from, to, step }: Range, nameOf: (number: number) => Name | undefined) {
  const [start, end] = [nameOf(from), nameOf(to)];
  if (start === undefined || end === undefined) throw new RangeError(`no name for ${from} to ${to}`);
  return { start, end, step };
}

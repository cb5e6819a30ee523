import { nearestName } from '../nearest-name.ts';
import { DAY_NAMES, MONTH_NAMES } from './cron.ts';
import { type DayRule, numbers, type Pattern, type Times } from './pattern.ts';
import type { TimingNote, TimingProblem } from './timing-problem.ts';
import { daysInMonth } from './zone.ts';

/** 1 to 5, or the last. */
export type Nth = 1 | 2 | 3 | 4 | 5 | 'last';

/** On which days, as it was said. Days of the week: 0 is Sunday. */
export type Days =
  | { kind: 'every-day' }
  /** `every monday and thursday`, `every weekday`. */
  | { kind: 'weekdays'; weekdays: number[] }
  /** `third friday of march`, `last day of the month`; `workday`: Monday to Friday. */
  | { kind: 'nth'; nth: Nth; of: number | 'day' | 'workday'; months: number[] }
  /** `day 1 and 15 of the month`, `24 december`. */
  | { kind: 'dates'; days: number[]; months: number[] };

export interface ClockTime {
  hour: number;
  minute: number;
}

/** Words of a calendar, as they were read. */
export interface CalendarWords {
  days: Days;
  times: ClockTime[];
}

const CALENDAR_CHARS = 300;
const MOST_TIMES = 48;
export const WORKDAYS = [1, 2, 3, 4, 5];
const WEEKEND = [0, 6];
const NTHS = new Map<string, Nth>([
  ...Object.entries({ first: 1, second: 2, third: 3, fourth: 4, fifth: 5, last: 'last' } as const),
  ...Object.entries({ '1st': 1, '2nd': 2, '3rd': 3, '4th': 4, '5th': 5 } as const),
]);
/** Monday first: of two that are as near, the working day is meant. */
const WEEK = [...DAY_NAMES.slice(1), 'sunday'];
const PHRASES = [...WEEK, 'weekday', 'weekend', 'day', 'every day', 'every weekday'];
const ANY_MONTH = /^(?:the|each|every|a) month$/;

/**
 * Reads words such as `last weekday of the month 09:00`, `third friday of march, june 12:30`, `every monday and thursday 08:15`,
 * `day 15 of the month 09:00`, `every day 03:00, 15:00`, `24 december 18:00`. Large letters count as small ones.
 */
export function readCalendar(text: string): CalendarWords | TimingProblem {
  if (text.length > CALENDAR_CHARS) {
    return { code: 'too-long', what: 'calendar', chars: text.length, maxChars: CALENDAR_CHARS };
  }
  const written = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const start = written.search(/ ?(?:at )?\d{1,2}:/);
  if (start < 0) return { code: 'calendar-no-time', text };
  const times = readTimes(written.slice(start).replace(/^ ?(?:at )?/, ''));
  if (!Array.isArray(times)) return times;
  const days = readDays(written.slice(0, start).replace(/,$/, '').trim(), text);
  return 'code' in days ? days : { days, times };
}

/** What commas and `and` separate. */
function listOf(text: string): string[] {
  return text.split(/,? and |, ?/).map((each) => each.trim());
}

function readTimes(text: string): ClockTime[] | TimingProblem {
  const parts = listOf(text);
  const times = new Map<number, ClockTime>();
  for (const part of parts) {
    const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(part) ?? [];
    const time = { hour: Number(hour ?? 24), minute: Number(minute ?? 60) };
    if (time.hour > 23 || time.minute > 59 || times.size >= MOST_TIMES)
      return { code: 'calendar-time', part };
    times.set(time.hour * 60 + time.minute, time);
  }
  return [...times].sort(([a], [b]) => a - b).map(([, time]) => time);
}

function readDays(said: string, text: string): Days | TimingProblem {
  const every = /^(?:every|each) (.+)$/.exec(said)?.[1];
  if (said === '' || said === 'daily' || every === 'day') return { kind: 'every-day' };
  const nth = /^(?:the )?(\w+) (\w+) of (.+)$/.exec(said);
  if (nth !== null && nth[1] !== 'day' && nth[1] !== 'days') return readNth(nth, text);
  const dates = /^(?:on )?(?:the )?days? (.+?) of (.+)$/.exec(said);
  if (dates !== null) return readDates(dates[1] ?? '', dates[2] ?? '', text);
  const yearly = /^(?:every |each )?(\d{1,2})\.?(?:st|nd|rd|th)? (?:of )?([a-z]+)$/.exec(said);
  if (yearly !== null) return readDates(yearly[1] ?? '', yearly[2] ?? '', text);
  const american = /^(?:every |each )?([a-z]+) (\d{1,2})(?:st|nd|rd|th)?$/.exec(said);
  if (american !== null && american[1] !== 'day')
    return readDates(american[2] ?? '', american[1] ?? '', text);
  return readWeekdays(every ?? said, text);
}

function readWeekdays(said: string, text: string): Days | TimingProblem {
  const weekdays = new Set<number>();
  for (const part of listOf(said)) {
    const found = weekdaysOf(part);
    if (found === undefined) return unreadable(text, part, PHRASES);
    for (const each of found) weekdays.add(each);
  }
  return { kind: 'weekdays', weekdays: [...weekdays].sort((a, b) => a - b) };
}

function weekdaysOf(word: string): number[] | undefined {
  if (/^(?:weekday|workday)s?$/.test(word)) return WORKDAYS;
  if (/^weekends?(?: days?)?$/.test(word)) return WEEKEND;
  const place = placeOf(word, DAY_NAMES);
  return place === undefined ? undefined : [place];
}

/** `mon`, `monday`, `mondays`. */
function placeOf(word: string, names: readonly string[]): number | undefined {
  const place = names.findIndex((name) => word === name || word === `${name}s` || word === name.slice(0, 3));
  return place < 0 ? undefined : place;
}

function readNth([, ordinal = '', what = '', of = '']: RegExpExecArray, text: string): Days | TimingProblem {
  const nth = NTHS.get(ordinal);
  if (nth === undefined) return unreadable(text, ordinal, [...NTHS.keys()]);
  const weekday = placeOf(what, DAY_NAMES);
  const kind = what === 'day' ? 'day' : /^(?:weekday|workday)$/.test(what) ? 'workday' : weekday;
  if (kind === undefined) return unreadable(text, what, [...WEEK, 'weekday', 'day']);
  // Which is the second one depends on where the month begins: nobody has asked for it.
  if (kind === 'workday' && nth !== 1 && nth !== 'last') {
    return { code: 'calendar-text', text, part: `${ordinal} ${what}`, near: `first ${what}` };
  }
  const months = readMonths(of, text);
  return Array.isArray(months) ? { kind: 'nth', nth, of: kind, months } : months;
}

function readMonths(said: string, text: string): number[] | TimingProblem {
  if (ANY_MONTH.test(said)) return numbers('month');
  const months = new Set<number>();
  for (const part of listOf(said)) {
    const place = placeOf(part, MONTH_NAMES);
    if (place === undefined) return unreadable(text, part, [...MONTH_NAMES, 'the month', 'every month']);
    months.add(place + 1);
  }
  return [...months].sort((a, b) => a - b);
}

function readDates(said: string, of: string, text: string): Days | TimingProblem {
  const months = readMonths(of, text);
  if (!Array.isArray(months)) return months;
  const days = new Set<number>();
  for (const part of listOf(said)) {
    const day = Number(/^(\d{1,2})(?:st|nd|rd|th|\.)?$/.exec(part)?.[1] ?? 0);
    if (day < 1 || day > 31) return unreadable(text, part, []);
    const [month] = months;
    // In none of the months: of a leap year, for February.
    if (month !== undefined && months.every((each) => day > daysInMonth(2024, each))) {
      return { code: 'no-such-day', day, month, daysInMonth: daysInMonth(2024, month) };
    }
    days.add(day);
  }
  return { kind: 'dates', days: [...days].sort((a, b) => a - b), months };
}

function unreadable(text: string, part: string, words: readonly string[]): TimingProblem {
  return { code: 'calendar-text', text, part, near: nearestName(part, words) ?? null };
}

/** The days and times that the words stand for. */
export function calendarPattern({ days, times }: CalendarWords): Pattern {
  const hoursOf = new Map<number, number[]>();
  for (const { hour, minute } of times) hoursOf.set(minute, [...(hoursOf.get(minute) ?? []), hour]);
  const each = [...hoursOf].map(([minute, hours]): Times => ({ hours, minutes: [minute] }));
  const months = 'months' in days ? days.months : numbers('month');
  return { days: rulesOf(days), months, times: each };
}

function rulesOf(days: Days): DayRule[] {
  const [anyDate, anyDay] = [numbers('dayOfMonth'), numbers('dayOfWeek')];
  switch (days.kind) {
    case 'every-day':
      return [{ kind: 'days', days: anyDate, weekdays: anyDay }];
    case 'weekdays':
      return [{ kind: 'days', days: anyDate, weekdays: days.weekdays }];
    case 'dates':
      return [{ kind: 'days', days: days.days, weekdays: anyDay }];
    case 'nth':
      return days.of === 'workday' ? workdayRules(days.nth) : [nthRule(days.nth, days.of)];
  }
}

/** The first Monday to Friday is the 1st, or a Monday on the 2nd or 3rd; the last likewise from the end. */
function workdayRules(nth: Nth): DayRule[] {
  if (nth === 'last') {
    return [
      { kind: 'from-end', backs: [0], weekdays: WORKDAYS },
      { kind: 'from-end', backs: [1, 2], weekdays: [5] },
    ];
  }
  return [
    { kind: 'days', days: [1], weekdays: WORKDAYS },
    { kind: 'days', days: [2, 3], weekdays: [1] },
  ];
}

function nthRule(nth: Nth, of: number | 'day' | 'workday'): DayRule {
  if (typeof of === 'string') {
    const weekdays = numbers('dayOfWeek');
    return nth === 'last'
      ? { kind: 'from-end', backs: [0], weekdays }
      : { kind: 'days', days: [nth], weekdays };
  }
  const week = [0, 1, 2, 3, 4, 5, 6];
  if (nth === 'last') return { kind: 'from-end', backs: week, weekdays: [of] };
  const days = week.map((day) => 7 * (nth - 1) + 1 + day).filter((day) => day <= 31);
  return { kind: 'days', days, weekdays: [of] };
}

/** What somebody may not expect of these words. */
export function calendarNotes({ days }: CalendarWords): TimingNote[] {
  if (days.kind !== 'dates') return [];
  const leap = days.days.includes(29) && days.months.length === 1 && days.months[0] === 2;
  if (leap) return [{ code: 'leap-years-only' }];
  const missing = days.days.filter((day) => days.months.some((month) => day > daysInMonth(2023, month)));
  return missing.map((day) => ({ code: 'not-every-month', day }));
}

import {
  type CalendarWords,
  type ClockTime,
  type Nth,
  readCalendar,
  WORKDAYS,
} from '../domain/schedule/calendar.ts';
import { type Cron, DAY_NAMES, MONTH_NAMES, readCron } from '../domain/schedule/cron.ts';
import type { Timing } from '../domain/schedule/definition.ts';
import { isAll } from '../domain/schedule/pattern.ts';

/** When a schedule is due, in words: `every day at 03:00, Europe/Berlin`. What cannot be read any more is quoted. */
export function sayTiming(timing: Timing, timeZone: string): string {
  switch (timing.kind) {
    case 'every':
      return sayEvery(timing);
    case 'at':
      return `once, on ${timing.at.trim().replace(/[ T]+/, ' at ')}, ${timeZone}`;
    case 'cron': {
      const cron = readCron(timing.cron);
      return 'code' in cron
        ? `cron ${JSON.stringify(timing.cron)}, ${timeZone}`
        : `${sayCron(cron)}, ${timeZone}`;
    }
    case 'calendar': {
      const words = readCalendar(timing.calendar);
      return 'code' in words
        ? `${JSON.stringify(timing.calendar)}, ${timeZone}`
        : `${sayCalendar(words)}, ${timeZone}`;
    }
  }
}

const DAY_MS = 86_400_000;
const UNITS: [number, string, string][] = [
  [DAY_MS, 'day', 'days'],
  [3_600_000, 'h', 'h'],
  [60_000, 'min', 'min'],
  [1_000, 's', 's'],
];

/** Days are those of UTC, whatever the zone: so the time of day is told. */
function sayEvery({ everyMs, offsetMs = 0 }: { everyMs: number; offsetMs?: number }): string {
  const every = `every ${everyMs === DAY_MS ? 'day' : exactly(everyMs)}`;
  if (everyMs % DAY_MS === 0 && offsetMs % 60_000 === 0)
    return `${every} at ${clockOf(offsetMs % DAY_MS)} UTC`;
  return offsetMs === 0 ? every : `${every}, moved by ${exactly(offsetMs)}`;
}

/** A length with all its units: `1 h 30 min`. */
export function exactly(ms: number): string {
  let left = ms;
  const parts: string[] = [];
  for (const [unitMs, one, many] of UNITS) {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    if (count > 0) parts.push(`${count} ${count === 1 ? one : many}`);
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

function clockOf(ms: number): string {
  return sayClock({ hour: Math.floor(ms / 3_600_000), minute: Math.floor(ms / 60_000) % 60 });
}

export function sayClock({ hour, minute }: ClockTime): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[], and: 'and' | 'or' = 'and'): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${and} ${last}`;
}

const large = (name = '') => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
export const sayMonth = (month: number) => large(MONTH_NAMES[month - 1]);
const sayDay = (day: number) => large(DAY_NAMES[day]);

/** `each month`, `March and June`. */
function sayMonths(months: readonly number[]): string {
  return isAll(months, 'month') ? 'each month' : listed(months.map(sayMonth));
}

function sayWeekdays(weekdays: readonly number[]): string {
  if (weekdays.join() === WORKDAYS.join()) return 'weekday';
  return listed(fromMonday(weekdays).map(sayDay));
}

const fromMonday = (days: readonly number[]) => days.toSorted((a, b) => ((a + 6) % 7) - ((b + 6) % 7));

const NTHS: Record<Nth, string> = {
  ...{ 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', 5: 'fifth', last: 'last' },
};

function sayCalendar({ days, times }: CalendarWords): string {
  const at = `at ${listed(times.map(sayClock))}`;
  switch (days.kind) {
    case 'every-day':
      return `every day ${at}`;
    case 'weekdays':
      return `every ${sayWeekdays(days.weekdays)} ${at}`;
    case 'nth': {
      const what = typeof days.of === 'number' ? sayDay(days.of) : days.of === 'workday' ? 'weekday' : 'day';
      return `on the ${NTHS[days.nth]} ${what} of ${sayMonths(days.months)} ${at}`;
    }
    case 'dates':
      return `${sayDates(days.days, days.months)} ${at}`;
  }
}

/** `on 24 December`, `on day 1 and 15 of each month`. */
function sayDates(days: readonly number[], months: readonly number[]): string {
  const [month, another] = months;
  if (month !== undefined && another === undefined)
    return `on ${listed(days.map(String))} ${sayMonth(month)}`;
  return `on day ${runs(days)} of ${sayMonths(months)}`;
}

/** Numbers that follow one another as stretches: `1 to 5, 7 and 9`; many that are as far apart: `0, 2 … 22`. */
function runs(numbers: readonly number[]): string {
  const [first = 0, second = 0] = numbers;
  const step = second - first;
  if (step > 1 && numbers.length > 3 && numbers.every((number, place) => number === first + place * step)) {
    return `${first}, ${second} … ${numbers.at(-1)}`;
  }
  const stretches: [number, number][] = [];
  for (const number of numbers) {
    const last = stretches.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else stretches.push([number, number]);
  }
  return listed(
    stretches.flatMap(([from, to]) =>
      to - from < 2 ? (from === to ? [`${from}`] : [`${from}`, `${to}`]) : [`${from} to ${to}`],
    ),
  );
}

function sayCron(cron: Cron): string {
  const days = sayCronDays(cron);
  const times = sayCronTimes(cron);
  return days === 'every day' && times.startsWith('every ') ? times : `${days} ${times}`;
}

function sayCronDays(cron: Cron): string {
  const { daysOfMonth, lastDay, daysOfWeek, months, either } = cron;
  const anyDate = isAll(daysOfMonth, 'dayOfMonth');
  const anyDay = isAll(daysOfWeek, 'dayOfWeek');
  const within = isAll(months, 'month') ? '' : ` in ${sayMonths(months)}`;
  const weekly = anyDay ? 'every day' : `every ${sayWeekdays(daysOfWeek)}`;
  if (anyDate || (either && anyDay)) return `${either || anyDay ? 'every day' : weekly}${within}`;
  const last = lastDay ? ['the last day'] : [];
  const dates = daysOfMonth.length === 0 ? [] : [`day ${runs(daysOfMonth)}`];
  const monthly = `on ${listed([...dates, ...last])} of ${sayMonths(months)}`;
  if (anyDay) return monthly;
  if (either) return `${monthly}, and also ${weekly}${within},`;
  return `${monthly} where it is a ${listed(fromMonday(daysOfWeek).map(sayDay), 'or')},`;
}

/** Times that are named one by one. */
const NAMED = 8;

function sayCronTimes({ hours, minutes }: Cron): string {
  const step = evenStep(minutes);
  if (isAll(hours, 'hour')) {
    if (step === 60) return 'every hour';
    if (step !== undefined) return step === 1 ? 'every minute' : `every ${step} min`;
    return `at minute ${runs(minutes)} of each hour`;
  }
  if (hours.length * minutes.length <= NAMED) {
    return `at ${listed(hours.flatMap((hour) => minutes.map((minute) => sayClock({ hour, minute }))))}`;
  }
  const [first = 0, last = 0] = [hours[0], hours.at(-1)];
  const span = `from ${sayClock({ hour: first, minute: 0 })} to ${sayClock({ hour: last, minute: minutes.at(-1) ?? 0 })}`;
  if (last - first + 1 === hours.length && step !== undefined) {
    return `every ${step === 60 ? 'hour' : step === 1 ? 'minute' : `${step} min`} ${span}`;
  }
  return `at minute ${runs(minutes)} of the hour${hours.length === 1 ? '' : 's'} ${runs(hours)}`;
}

/** Of minutes that divide the hour into even parts from its beginning: how long one is. */
function evenStep(minutes: readonly number[]): number | undefined {
  const step = 60 / minutes.length;
  return minutes.every((minute, place) => minute === place * step) ? step : undefined;
}

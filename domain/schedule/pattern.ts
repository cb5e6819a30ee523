import { type CalendarRanges, type Field, rangesOf, WHOLE, YEARS } from './server-spec.ts';

/** Days on which something is due: of the dates, or of those counted back from the end of the month, that fall on the weekdays. */
export type DayRule =
  | { kind: 'days'; days: readonly number[]; weekdays: readonly number[] }
  /** 0 is the last day of the month, 1 the day before it. */
  | { kind: 'from-end'; backs: readonly number[]; weekdays: readonly number[] };

/** Each of the hours with each of the minutes. */
export interface Times {
  hours: readonly number[];
  minutes: readonly number[];
}

/** Wall times that come again and again: any of the times, on any day of one of the rules, in any of the months. */
export interface Pattern {
  days: readonly DayRule[];
  months: readonly number[];
  times: readonly Times[];
}

/** Whether nothing is left out of a field. */
export function isAll(numbers: readonly number[], field: Field): boolean {
  const { from, to } = WHOLE[field];
  return new Set(numbers).size === to - from + 1;
}

/** The calendars that match exactly these wall times. */
export function calendarsOf({ days, months, times }: Pattern): CalendarRanges[] {
  return days.flatMap((rule) =>
    datesOf(rule, months).flatMap((dates) =>
      times.map(({ hours, minutes }) => ({
        ...{ second: rangesOf([0]), minute: rangesOf(minutes), hour: rangesOf(hours) },
        ...{ ...dates, dayOfWeek: rangesOf(rule.weekdays) },
      })),
    ),
  );
}

type Dates = Pick<CalendarRanges, 'dayOfMonth' | 'month' | 'year'>;

/**
 * The server counts no days from the end of a month. So there is one set of dates for each length that a month can have, and
 * February's have years: those that the server knows, to 2099 (2100 is no leap year, though divisible by 4).
 */
function datesOf(rule: DayRule, months: readonly number[]): Dates[] {
  if (rule.kind === 'days') {
    return [{ dayOfMonth: rangesOf(rule.days), month: rangesOf(months), year: [] }];
  }
  return LENGTHS.flatMap(({ length, of, year }) => {
    const among = months.filter((month) => of.includes(month));
    if (among.length === 0) return [];
    const dayOfMonth = rangesOf(rule.backs.map((back) => length - back));
    return [{ dayOfMonth, month: rangesOf(among), year }];
  });
}

const yearsFrom = (from: number) => ({ from, to: YEARS.max - 1 - ((YEARS.max - 1 - from) % 4), step: 4 });

const LENGTHS = [
  { length: 31, of: [1, 3, 5, 7, 8, 10, 12], year: [] },
  { length: 30, of: [4, 6, 9, 11], year: [] },
  { length: 29, of: [2], year: [yearsFrom(2000)] },
  { length: 28, of: [2], year: [yearsFrom(2001), yearsFrom(2002), yearsFrom(2003)] },
];

/**
 * Matches whatever is not an hour, not a minute or not a day of the week of the pattern. The server also fires at such times: an hour
 * late where clocks are put back east of Greenwich (01:30 in Berlin: again at 02:30), half an hour late where they are moved by half an
 * hour, and a day late where they leave out midnight.
 */
export function othersOf({ days, times }: Pattern): CalendarRanges[] {
  const whole: CalendarRanges = {
    ...{ second: rangesOf([0]), minute: [{ ...WHOLE.minute }], hour: [{ ...WHOLE.hour }] },
    ...{ dayOfMonth: [{ ...WHOLE.dayOfMonth }], month: [{ ...WHOLE.month }], year: [] },
    dayOfWeek: [{ ...WHOLE.dayOfWeek }],
  };
  const others = {
    hour: otherThan(
      times.flatMap((each) => each.hours),
      'hour',
    ),
    minute: otherThan(
      times.flatMap((each) => each.minutes),
      'minute',
    ),
    dayOfWeek: otherThan(
      days.flatMap((each) => each.weekdays),
      'dayOfWeek',
    ),
  };
  return Object.entries(others).flatMap(([field, left]) =>
    left.length === 0 ? [] : [{ ...whole, [field]: rangesOf(left) }],
  );
}

function otherThan(taken: readonly number[], field: Field): number[] {
  const all = new Set(taken);
  return numbers(field).filter((number) => !all.has(number));
}

/**
 * The same days of the week, with the day before each. Where clocks leave out midnight the server takes the day for the one before it:
 * so it finds it all the same, and what it finds on the days before is among the others. Of rules with different days of the week it
 * would not be.
 */
export function withDaysBefore(pattern: Pattern): Pattern {
  const [first, ...more] = pattern.days.map(({ weekdays }) => weekdays);
  if (first === undefined || more.some((weekdays) => weekdays.join() !== first.join())) return pattern;
  const weekdays = [...new Set(first.flatMap((day) => [day, (day + 6) % 7]))].sort((a, b) => a - b);
  return { ...pattern, days: pattern.days.map((rule) => ({ ...rule, weekdays })) };
}

export function numbers(field: Field): number[] {
  const { from, to } = WHOLE[field];
  return Array.from({ length: to - from + 1 }, (_, place) => from + place);
}

/** Whether only its minutes choose, among all hours of all days. */
export function isHourly({ days, months, times }: Pattern): boolean {
  const isAnyDay = (rule: DayRule) =>
    rule.kind === 'days' && isAll(rule.days, 'dayOfMonth') && isAll(rule.weekdays, 'dayOfWeek');
  return isAll(months, 'month') && days.some(isAnyDay) && times.every(({ hours }) => isAll(hours, 'hour'));
}

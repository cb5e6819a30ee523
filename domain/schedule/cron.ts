import { nearestName } from '../nearest-name.ts';
import { type DayRule, isAll, numbers, type Pattern } from './pattern.ts';
import { WHOLE } from './server-spec.ts';
import type { CronFault, CronField, TimingNote, TimingProblem } from './timing-problem.ts';

export const MONTH_NAMES = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august'],
  ...['september', 'october', 'november', 'december'],
] as const;
export const DAY_NAMES = [
  ...['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
] as const;

/** Five fields as they were read. Days of the week: 0 is Sunday. */
export interface Cron {
  minutes: number[];
  hours: number[];
  daysOfMonth: number[];
  /** `L` is among the days of the month. */
  lastDay: boolean;
  months: number[];
  daysOfWeek: number[];
  /**
   * Whether a day of the month or a day of the week is enough. Both have to match if one of the fields begins with `*`, also if a
   * step follows: so cron does it (crontab(5), "The day of a command's execution").
   */
  either: boolean;
}

const FIELDS: readonly CronField[] = ['minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'];

const MACROS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const CRON_CHARS = 200;

/** Reads five fields, or a word for them such as `@daily`. */
export function readCron(text: string): Cron | TimingProblem {
  if (text.length > CRON_CHARS) {
    return { code: 'too-long', what: 'cron', chars: text.length, maxChars: CRON_CHARS };
  }
  const written = text.trim();
  const zone = /^(?:CRON_)?TZ=(\S*)/i.exec(written)?.[1];
  if (zone !== undefined) return { code: 'cron-zone', zone };
  const fields = plainFields(written);
  if (fields === undefined) return { code: 'cron-macro', macro: written };
  if (fields.length !== 5) return { code: 'cron-fields', count: fields.length };
  const read = FIELDS.map((field, place) => readField(field, fields[place] ?? ''));
  const fault = read.find((each) => 'code' in each);
  if (fault !== undefined) return fault;
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = read as number[][];
  const [day, weekday] = [fields[2] ?? '', fields[4] ?? ''];
  return {
    ...{ minutes, hours, months },
    daysOfMonth: days.filter((number) => number !== LAST),
    lastDay: days.includes(LAST),
    daysOfWeek: [...new Set(weekdays.map((number) => number % 7))].sort((a, b) => a - b),
    either: !day.startsWith('*') && !weekday.startsWith('*'),
  };
}

/** The fields of a text; undefined for a word with `@` that stands for none. */
function plainFields(text: string): string[] | undefined {
  const written = text.startsWith('@') ? MACROS[text.toLowerCase()] : text;
  return written?.split(/\s+/).filter((field) => field !== '');
}

/** Stands for `L` among the numbers of a field. */
const LAST = 32;

function readField(field: CronField, text: string): number[] | TimingProblem {
  const parts = text.split(',');
  const found: number[] = [];
  for (const part of parts) {
    const read = readPart(field, part);
    if (!Array.isArray(read)) return { code: 'cron-field', field, part, wrong: read };
    // Mostly there is one, whose numbers are in order.
    if (parts.length === 1) return read;
    found.push(...read);
  }
  return [...new Set(found)].sort((a, b) => a - b);
}

const PART = /^(?:\*|([a-z]+|\d{1,4})(?:-([a-z]+|\d{1,4}))?)(?:\/(\d{1,4}))?$/i;

/** One of the parts that commas separate: `*`, `5`, `1-5`, each also with a step; a step after one number goes to the end. */
function readPart(field: CronField, part: string): number[] | CronFault {
  if (part === '') return { kind: 'empty' };
  if (field === 'dayOfMonth' && part.toUpperCase() === 'L') return [LAST];
  const { from: min, to } = WHOLE[field];
  // Sunday is 0 and 7.
  const max = field === 'dayOfWeek' ? 7 : to;
  const [matched, first, second, step] = PART.exec(part) ?? [];
  if (matched === undefined) return strange(field, part);
  const from = first === undefined ? min : numberOf(field, first);
  // `*` of days of the week is seven days.
  const until = second === undefined ? endOf({ first, step, to, from }) : numberOf(field, second);
  if (from === undefined || until === undefined) return strange(field, part);
  // `fri-sun`: the Sunday that follows.
  const end = field === 'dayOfWeek' && until === 0 && from > 0 && second !== undefined ? 7 : until;
  if (from < min || from > max || end < min || end > max) return { kind: 'out-of-range', min, max };
  if (end < from) return { kind: 'backwards' };
  const by = step === undefined ? 1 : Number(step);
  if (by < 1 || by > to - min + 1) return { kind: 'step', max: to - min + 1 };
  const found: number[] = [];
  for (let number = from; number <= end; number += by) found.push(number);
  return found;
}

interface Single {
  first: string | undefined;
  step: string | undefined;
  to: number;
  from: number | undefined;
}

function endOf({ first, step, to, from }: Single): number | undefined {
  return first === undefined || (step !== undefined && from !== undefined && from <= to) ? to : from;
}

function numberOf(field: CronField, text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const names = namesOf(field);
  const lower = text.toLowerCase();
  const place = names.findIndex((name) => name === lower || name.slice(0, 3) === lower);
  return place < 0 ? undefined : place + (field === 'month' ? 1 : 0);
}

function namesOf(field: CronField): readonly string[] {
  if (field === 'month') return MONTH_NAMES;
  return field === 'dayOfWeek' ? DAY_NAMES : [];
}

function strange(field: CronField, part: string): CronFault {
  const sign = /[?#]|\bH\b|(?:^|\d)L?W$|(?:\d|[a-z]{3})L$/i.exec(part)?.[0];
  if (sign !== undefined) return { kind: 'not-cron', sign: part };
  const names = namesOf(field);
  const word = /[a-z]+/i.exec(part)?.[0]?.toLowerCase();
  const near =
    word === undefined ? undefined : nearestName(word, [...names, ...names.map((name) => name.slice(0, 3))]);
  return { kind: 'unreadable', near: near ?? null };
}

/** The days and times that it stands for. */
export function cronPattern({
  minutes,
  hours,
  months,
  daysOfMonth,
  daysOfWeek,
  lastDay,
  either,
}: Cron): Pattern {
  const byMonth = (weekdays: readonly number[]): DayRule[] => [
    ...(daysOfMonth.length === 0 ? [] : [{ kind: 'days', days: daysOfMonth, weekdays } as const]),
    ...(lastDay ? [{ kind: 'from-end', backs: [0], weekdays } as const] : []),
  ];
  const days: DayRule[] = either
    ? [...byMonth(numbers('dayOfWeek')), { kind: 'days', days: numbers('dayOfMonth'), weekdays: daysOfWeek }]
    : byMonth(daysOfWeek);
  return { days, months, times: [{ hours, minutes }] };
}

/** What somebody may not expect of these fields. */
export function cronNotes(cron: Cron): TimingNote[] {
  const anyDate = isAll(cron.daysOfMonth, 'dayOfMonth');
  if (anyDate || isAll(cron.daysOfWeek, 'dayOfWeek')) return [];
  return [{ code: cron.either ? 'either-day' : 'both-days' }];
}

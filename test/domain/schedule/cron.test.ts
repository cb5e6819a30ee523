import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { patternOf } from '../../../domain/schedule/compile.ts';
import { type Cron, cronNotes, readCron } from '../../../domain/schedule/cron.ts';
import { matches, matchingTimes } from '../../../domain/schedule/matching-times.ts';
import { calendarsOf } from '../../../domain/schedule/pattern.ts';
import type { TimingProblem } from '../../../domain/schedule/timing-problem.ts';
import { fieldsOf } from '../../../domain/schedule/zone.ts';

describe('what is no cron', () => {
  const field = (name: string, part: string, wrong: object) => ({
    code: 'cron-field',
    field: name,
    part,
    wrong,
  });
  test.each<[string, object]>([
    ['', { code: 'cron-fields', count: 0 }],
    ['0 3 * *', { code: 'cron-fields', count: 4 }],
    ['0 3 * * * 2027', { code: 'cron-fields', count: 6 }],
    ['0 0 3 * * * 2027', { code: 'cron-fields', count: 7 }],
    ['0 3 * * * # nightly', { code: 'cron-fields', count: 7 }],
    ['@reboot', { code: 'cron-macro', macro: '@reboot' }],
    ['@every 1h', { code: 'cron-macro', macro: '@every 1h' }],
    ['@constructor', { code: 'cron-macro', macro: '@constructor' }],
    ['CRON_TZ=UTC 0 3 * * *', { code: 'cron-zone', zone: 'UTC' }],
    ['TZ=UTC 0 3 * * *', { code: 'cron-zone', zone: 'UTC' }],
    ['60 * * * *', field('minute', '60', { kind: 'out-of-range', min: 0, max: 59 })],
    ['* 24 * * *', field('hour', '24', { kind: 'out-of-range', min: 0, max: 23 })],
    ['* * 0 * *', field('dayOfMonth', '0', { kind: 'out-of-range', min: 1, max: 31 })],
    ['* * 32 * *', field('dayOfMonth', '32', { kind: 'out-of-range', min: 1, max: 31 })],
    ['* * * 13 *', field('month', '13', { kind: 'out-of-range', min: 1, max: 12 })],
    ['* * * * 8', field('dayOfWeek', '8', { kind: 'out-of-range', min: 0, max: 7 })],
    ['1,,2 * * * *', field('minute', '', { kind: 'empty' })],
    ['5-1 * * * *', field('minute', '5-1', { kind: 'backwards' })],
    ['* * * * fri-mon', field('dayOfWeek', 'fri-mon', { kind: 'backwards' })],
    ['*/0 * * * *', field('minute', '*/0', { kind: 'step', max: 60 })],
    ['*/90 * * * *', field('minute', '*/90', { kind: 'step', max: 60 })],
    ['1.5 * * * *', field('minute', '1.5', { kind: 'unreadable', near: null })],
    ['-5 * * * *', field('minute', '-5', { kind: 'unreadable', near: null })],
    ['٣ * * * *', field('minute', '٣', { kind: 'unreadable', near: null })],
    ['** * * * *', field('minute', '**', { kind: 'unreadable', near: null })],
    ['1-5-7 * * * *', field('minute', '1-5-7', { kind: 'unreadable', near: null })],
    ['0 3 * * mno', field('dayOfWeek', 'mno', { kind: 'unreadable', near: 'mon' })],
    ['0 3 * janury *', field('month', 'janury', { kind: 'unreadable', near: 'january' })],
    ['0 3 ? * *', field('dayOfMonth', '?', { kind: 'not-cron', sign: '?' })],
    ['H 3 * * *', field('minute', 'H', { kind: 'not-cron', sign: 'H' })],
    ['0 3 15W * *', field('dayOfMonth', '15W', { kind: 'not-cron', sign: '15W' })],
    ['0 3 * * 5L', field('dayOfWeek', '5L', { kind: 'not-cron', sign: '5L' })],
    ['0 3 * * mon#1', field('dayOfWeek', 'mon#1', { kind: 'not-cron', sign: 'mon#1' })],
    ['x'.repeat(1_000), { code: 'too-long', what: 'cron', chars: 1_000, maxChars: 200 }],
  ])('%s', (text, problem) => {
    expect(readCron(text)).toEqual(problem);
  });
});

function read(text: string): Cron {
  const cron = readCron(text);
  if ('code' in cron) throw new Error(cron.code);
  return cron;
}

describe('what is cron', () => {
  test.each<[string, Partial<Cron>]>([
    ['*/7 5/6 1,15 jan-mar fri-sun', { hours: [5, 11, 17, 23], months: [1, 2, 3], daysOfWeek: [0, 5, 6] }],
    [' 0\t3  * JANUARY Sunday ', { minutes: [0], hours: [3], months: [1], daysOfWeek: [0] }],
    ['0 0 * * 7', { daysOfWeek: [0] }],
    ['0 0 * * 5-7', { daysOfWeek: [0, 5, 6] }],
    ['0 0 * * */2', { daysOfWeek: [0, 2, 4, 6] }],
    ['0 0 L * *', { daysOfMonth: [], lastDay: true }],
    ['@DAILY', { minutes: [0], hours: [0] }],
    ['@weekly', { minutes: [0], hours: [0], daysOfWeek: [0] }],
    ['@yearly', { daysOfMonth: [1], months: [1] }],
  ])('%s', (text, cron) => {
    expect(read(text)).toMatchObject(cron);
  });

  test.each<[string, string[]]>([
    ['0 3 1 * 1', ['either-day']],
    ['0 3 */2 * 1', ['both-days']],
    ['0 3 1 * */2', ['both-days']],
    ['0 3 L * fri', ['either-day']],
    ['0 3 1 * *', []],
    ['0 3 * * 1', []],
    ['0 3 1-31 * 1', []],
  ])('%s is said to mean %j', (text, codes) => {
    expect(cronNotes(read(text)).map(({ code }) => code)).toEqual(codes);
  });
});

// As crontab(5) has it, read again from the text: nothing of ours but the names of the fields.
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
function naive(text: string, atMs: number): boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = text.split(' ');
  const at = new Date(atMs);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  const has = (field: string, value: number, max: number): boolean =>
    field.split(',').some((part) => {
      const [range = '', step = '1'] = part.replace('L', String(last)).split('/');
      const [from = '', to = part.includes('/') ? String(max) : from] =
        range === '*' ? ['0', '99'] : range.split('-');
      const number = (each: string) => (NAMES.includes(each) ? NAMES.indexOf(each) : Number(each));
      const start = range === '*' ? (max === 31 || max === 12 ? 1 : 0) : number(from);
      return value >= start && value <= number(to) && (value - start) % Number(step) === 0;
    });
  const isDate = has(day, at.getUTCDate(), 31);
  const isDay = has(weekday, at.getUTCDay(), 6) || (at.getUTCDay() === 0 && has(weekday, 7, 7));
  const both = day.startsWith('*') || weekday.startsWith('*');
  return (
    has(minute, at.getUTCMinutes(), 59) &&
    has(hour, at.getUTCHours(), 23) &&
    has(month, at.getUTCMonth() + 1, 12) &&
    (both ? isDate && isDay : isDate || isDay)
  );
}

const within = (min: number, max: number) => fc.integer({ min, max });
function field(min: number, max: number, more: string[] = []) {
  const range = fc
    .tuple(within(min, max), within(min, max))
    .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const stepped = fc
    .tuple(fc.oneof(fc.constant('*'), range), within(1, 7))
    .map(([from, step]) => `${from}/${step}`);
  const one = fc.oneof(
    within(min, max).map(String),
    range,
    stepped,
    ...more.map((each) => fc.constant(each)),
  );
  return fc.oneof(
    fc.constant('*'),
    fc.array(one, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')),
  );
}
const cron = fc
  .tuple(field(0, 59), field(0, 23), field(1, 31, ['L']), field(1, 12), field(0, 6, ['7', 'mon', 'fri-sat']))
  .map((fields) => fields.join(' '));
const minute = within(Date.UTC(2026, 0) / 60_000, Date.UTC(2032, 0) / 60_000).map((at) => at * 60_000);

test('a compiled cron matches a minute exactly when cron does', () => {
  fc.assert(
    fc.property(cron, fc.array(minute, { minLength: 30, maxLength: 30 }), (text, minutes) => {
      const pattern = patternOf({ kind: 'cron', cron: text });
      if ('code' in pattern) throw new Error(pattern.code);
      const calendars = calendarsOf(pattern);
      for (const at of minutes) {
        const found = calendars.some((calendar) => matches(calendar, fieldsOf(at)));
        if (found !== naive(text, at)) throw new Error(`${text} at ${new Date(at).toISOString()}: ${found}`);
      }
    }),
    { numRuns: 200 },
  );
});

test('the next time of a cron is the first minute that it matches', () => {
  fc.assert(
    fc.property(cron, minute, (text, from) => {
      const when = { timing: { kind: 'cron', cron: text } as const, timeZone: 'UTC' };
      const [next] = matchingTimes(when, from, { count: 1 });
      const untilMs = Math.min(next ?? Number.POSITIVE_INFINITY, from + 86_400_000);
      for (let at = from + 60_000; at <= untilMs; at += 60_000) {
        if (naive(text, at) !== (at === next)) throw new Error(`${text} at ${new Date(at).toISOString()}`);
      }
    }),
    { numRuns: 40 },
  );
});

test('no text makes reading fail', () => {
  const part = fc.constantFrom(
    ' ',
    '*',
    '/',
    '-',
    ',',
    '@',
    'L',
    '#',
    'mon',
    'jan',
    '7',
    '99',
    '\ud800',
    '😀',
    '\0',
  );
  const parts = fc.array(part, { maxLength: 20 }).map((all) => all.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.string(), parts), (text) => {
      const found: Cron | TimingProblem = readCron(text);
      expect(found).toBeTypeOf('object');
    }),
  );
});

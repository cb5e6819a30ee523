import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCalendar } from '../../../domain/schedule/calendar.ts';
import { MONTH_NAMES } from '../../../domain/schedule/cron.ts';
import { matchingTimes } from '../../support/matching-times.ts';

const JANUARY = Date.parse('2027-01-01T00:00:00Z') - 1;

/** The days from a moment on, without their times. */
function daysOf(calendar: string, count: number, fromMs = JANUARY): string[] {
  const times = matchingTimes({ timing: { kind: 'calendar', calendar }, timeZone: 'UTC' }, fromMs, { count });
  return times.map((ms) => new Date(ms).toISOString().slice(5, 10));
}

describe('words and the days they name', () => {
  test.each<[string, string[]]>([
    // January ends on a Sunday, February on a Sunday, May on a Monday.
    ['last weekday of the month 09:00', ['01-29', '02-26', '03-31', '04-30', '05-31']],
    ['first weekday of the month 09:00', ['01-01', '02-01', '03-01', '04-01', '05-03']],
    ['last day of the month 18:00', ['01-31', '02-28', '03-31', '04-30']],
    ['last day of each month 18:00', ['01-31', '02-28', '03-31', '04-30']],
    ['first monday of the month 09:00', ['01-04', '02-01', '03-01', '04-05']],
    ['last friday of the month 09:00', ['01-29', '02-26', '03-26', '04-30']],
    ['fifth friday of the month 09:00', ['01-29', '04-30', '07-30']],
    ['2nd tue of every month at 09:00', ['01-12', '02-09', '03-09']],
    ['third friday of march, june 12:30', ['03-19', '06-18', '03-17']],
    ['Third Friday of March and June 12:30', ['03-19', '06-18', '03-17']],
    ['every weekday 09:00', ['01-01', '01-04', '01-05']],
    ['weekdays at 09:00', ['01-01', '01-04', '01-05']],
    ['every weekend 09:00', ['01-02', '01-03', '01-09']],
    ['every monday and thursday 08:15', ['01-04', '01-07', '01-11']],
    ['mondays, thursdays 08:15', ['01-04', '01-07', '01-11']],
    ['day 15 of the month 09:00', ['01-15', '02-15']],
    ['day 1, 15 and 31 of the month 09:00', ['01-01', '01-15', '01-31', '02-01', '02-15', '03-01']],
    ['days 1 and 15 of march 09:00', ['03-01', '03-15', '03-01']],
    ['every day 03:00', ['01-01', '01-02']],
    ['daily 03:00', ['01-01', '01-02']],
    ['3:00', ['01-01', '01-02']],
    ['24 december 18:00', ['12-24', '12-24']],
    ['december 24 at 18:00', ['12-24', '12-24']],
    ['24th of december 18:00', ['12-24', '12-24']],
    ['  every\tDAY   03:00 ', ['01-01', '01-02']],
  ])('%s', (words, days) => {
    expect(daysOf(words, days.length)).toEqual(days);
  });

  test('of February, in leap years too, for as long as the server knows years', () => {
    const years = daysOf('last day of february 12:00', 200);
    expect(years).toHaveLength(2099 - 2027 + 1);
    expect(years.slice(0, 2)).toEqual(['02-28', '02-29']);
    expect(daysOf('29 february 12:00', 100)).toHaveLength(18);
  });

  test('several times of a day are each due', () => {
    const when = {
      timing: { kind: 'calendar', calendar: 'every day 09:00, 13:30 and 9:30' },
      timeZone: 'UTC',
    } as const;
    const times = matchingTimes(when, JANUARY, { count: 4 }).map((ms) =>
      new Date(ms).toISOString().slice(8, 16),
    );
    expect(times).toEqual(['01T09:00', '01T09:30', '01T13:30', '02T09:00']);
  });
});

describe('what cannot be read', () => {
  const strange = (text: string, part: string, near: string | null) => ({
    code: 'calendar-text',
    text,
    part,
    near,
  });
  test.each<[string, object]>([
    ['', { code: 'calendar-no-time', text: '' }],
    ['every day', { code: 'calendar-no-time', text: 'every day' }],
    ['every day at nine', { code: 'calendar-no-time', text: 'every day at nine' }],
    ['every day 25:00', { code: 'calendar-time', part: '25:00' }],
    ['every day 09:60', { code: 'calendar-time', part: '09:60' }],
    ['every day 09:00 sharp', { code: 'calendar-time', part: '09:00 sharp' }],
    ['every day 09:00,', { code: 'calendar-time', part: '' }],
    ['every day 09:00,,10:00', { code: 'calendar-time', part: '' }],
    ['every mondy 09:00', strange('every mondy 09:00', 'mondy', 'monday')],
    ['evry day 09:00', strange('evry day 09:00', 'evry day', 'every day')],
    ['frist monday of the month 09:00', strange('frist monday of the month 09:00', 'frist', 'first')],
    // What every object has is no word of ours.
    [
      'constructor friday of the month 09:00',
      strange('constructor friday of the month 09:00', 'constructor', null),
    ],
    ['first xyz of the month 09:00', strange('first xyz of the month 09:00', 'xyz', null)],
    ['last day of febuary 09:00', strange('last day of febuary 09:00', 'febuary', 'february')],
    [
      'second weekday of the month 09:00',
      strange('second weekday of the month 09:00', 'second weekday', 'first weekday'),
    ],
    ['day 0 of the month 09:00', strange('day 0 of the month 09:00', '0', null)],
    ['day 15 of the year 09:00', strange('day 15 of the year 09:00', 'the year', null)],
    ['30 february 09:00', { code: 'no-such-day', day: 30, month: 2, daysInMonth: 29 }],
    ['day 31 of april, june 09:00', { code: 'no-such-day', day: 31, month: 4, daysInMonth: 30 }],
    ['x'.repeat(400), { code: 'too-long', what: 'calendar', chars: 400, maxChars: 300 }],
  ])('%s', (text, problem) => {
    expect(readCalendar(text)).toEqual(problem);
  });

  test('no text makes reading fail', () => {
    const word = fc.constantFrom(
      'every',
      'day',
      'of',
      'first',
      'last',
      'monday',
      'the month',
      '31',
      'june',
      ',',
      '9:00',
      'and',
      'at',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          expect(readCalendar(text)).toBeTypeOf('object');
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('the last weekday, and the last and the nth of a weekday, of any month are those of a calendar on the wall', () => {
  const month = fc.integer({ min: 0, max: 12 * 70 });
  fc.assert(
    fc.property(
      month,
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 1, max: 5 }),
      (count, weekday, nth) => {
        const [year, place] = [2027 + Math.floor(count / 12), count % 12];
        const name = MONTH_NAMES[place];
        const length = new Date(Date.UTC(year, place + 1, 0)).getUTCDate();
        const days = Array.from({ length }, (_, day) => new Date(Date.UTC(year, place, day + 1)));
        const ofWeek = days.filter((day) => day.getUTCDay() === weekday);
        const work = days.filter((day) => day.getUTCDay() % 6 !== 0);
        const weekdayName = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'][
          weekday
        ];
        const nths = ['first', 'second', 'third', 'fourth', 'fifth'];
        const wanted: [string, Date | undefined][] = [
          [`last weekday of ${name}`, work.at(-1)],
          [`first weekday of ${name}`, work[0]],
          [`last ${weekdayName} of ${name}`, ofWeek.at(-1)],
          [`${nths[nth - 1]} ${weekdayName} of ${name}`, ofWeek[nth - 1]],
          [`last day of ${name}`, days.at(-1)],
        ];
        const [from, until] = [Date.UTC(year, place) - 1, Date.UTC(year, place + 1) - 1];
        for (const [words, day] of wanted) {
          const timing = { kind: 'calendar', calendar: `${words} 00:00` } as const;
          const found = matchingTimes({ timing, timeZone: 'UTC' }, from, { untilMs: until });
          expect([words, ...found]).toEqual([words, ...(day === undefined ? [] : [day.getTime()])]);
        }
      },
    ),
    { numRuns: 100 },
  );
});

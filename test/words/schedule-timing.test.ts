import { describe, expect, test } from 'vitest';
import type { Timing } from '../../domain/schedule/definition.ts';
import { upcoming } from '../../domain/schedule/upcoming.ts';
import { sayMoment, sayMomentInBoth, sayUpcoming } from '../../words/due.ts';
import { sayTiming } from '../../words/schedule-timing.ts';

const cron = (text: string): Timing => ({ kind: 'cron', cron: text });
const calendar = (text: string): Timing => ({ kind: 'calendar', calendar: text });
const every = (everyMs: number, offsetMs?: number): Timing => ({
  ...{ kind: 'every', everyMs },
  ...(offsetMs === undefined ? {} : { offsetMs }),
});

describe('when a schedule is due, in words', () => {
  test.each<[Timing, string]>([
    [cron('0 3 * * *'), 'every day at 03:00, Europe/Berlin'],
    [cron('@daily'), 'every day at 00:00, Europe/Berlin'],
    [cron('*/15 * * * *'), 'every 15 min, Europe/Berlin'],
    [cron('* * * * *'), 'every minute, Europe/Berlin'],
    [cron('0 * * * *'), 'every hour, Europe/Berlin'],
    [cron('7,37 * * * *'), 'every day at minute 7 and 37 of each hour, Europe/Berlin'],
    [cron('7 */2 * * *'), 'every day at minute 7 of the hours 0, 2 … 22, Europe/Berlin'],
    [
      cron('5-10,20/7 3 * * *'),
      'every day at minute 5 to 10, 20, 27, 34, 41, 48 and 55 of the hour 3, Europe/Berlin',
    ],
    [cron('0 9,13 * * mon-fri'), 'every weekday at 09:00 and 13:00, Europe/Berlin'],
    [cron('*/10 8-18 * * 1-5'), 'every weekday every 10 min from 08:00 to 18:50, Europe/Berlin'],
    [cron('0 8-18 * * 0,6'), 'every Saturday and Sunday every hour from 08:00 to 18:00, Europe/Berlin'],
    [cron('0 3 1,15 * *'), 'on day 1 and 15 of each month at 03:00, Europe/Berlin'],
    [cron('0 3 L 3 *'), 'on the last day of March at 03:00, Europe/Berlin'],
    [cron('0 3 * 6-8 *'), 'every day in June, July and August at 03:00, Europe/Berlin'],
    [cron('0 3 1 * mon'), 'on day 1 of each month, and also every Monday, at 03:00, Europe/Berlin'],
    [
      cron('0 3 */10 * mon,fri'),
      'on day 1, 11 … 31 of each month where it is a Monday or Friday, at 03:00, Europe/Berlin',
    ],
    [cron('0 0 1-5 * *'), 'on day 1 to 5 of each month at 00:00, Europe/Berlin'],
    [every(900_000), 'every 15 min'],
    [every(5_400_000, 60_000), 'every 1 h 30 min, moved by 1 min'],
    [every(86_400_000, 10_800_000), 'every day at 03:00 UTC'],
    [every(2 * 86_400_000), 'every 2 days at 00:00 UTC'],
    [every(90_000), 'every 1 min 30 s'],
    [{ kind: 'at', at: '2026-12-24 18:00' }, 'once, on 2026-12-24 at 18:00, Europe/Berlin'],
    [{ kind: 'at', at: '2026-12-24T18:00:30' }, 'once, on 2026-12-24 at 18:00:30, Europe/Berlin'],
    [calendar('LAST weekday of the month 9:00'), 'on the last weekday of each month at 09:00, Europe/Berlin'],
    [calendar('last day of the month 18:00'), 'on the last day of each month at 18:00, Europe/Berlin'],
    [
      calendar('3rd fri of march, june 12:30'),
      'on the third Friday of March and June at 12:30, Europe/Berlin',
    ],
    [calendar('every weekday 09:00, 13:00'), 'every weekday at 09:00 and 13:00, Europe/Berlin'],
    [calendar('every sunday and monday 08:15'), 'every Monday and Sunday at 08:15, Europe/Berlin'],
    [calendar('day 15 of the month 09:00'), 'on day 15 of each month at 09:00, Europe/Berlin'],
    [calendar('daily 03:00'), 'every day at 03:00, Europe/Berlin'],
    [calendar('december 24 18:00'), 'on 24 December at 18:00, Europe/Berlin'],
    // Of a newer version.
    [cron('0 3 * * 5#9'), 'cron "0 3 * * 5#9", Europe/Berlin'],
    [calendar('each full moon'), '"each full moon", Europe/Berlin'],
  ])('%j', (timing, words) => {
    expect(sayTiming(timing, 'Europe/Berlin')).toBe(words);
  });
});

const AT = Date.parse('2026-12-24T17:00:00Z');

test.each<[string, string]>([
  ['Europe/Berlin', 'Thu 2026-12-24 18:00 +01:00 Europe/Berlin'],
  // Other names, the same clocks.
  ['Europe/Paris', 'Thu 2026-12-24 18:00 +01:00 Europe/Berlin'],
  ['America/New_York', 'Thu 2026-12-24 18:00 +01:00 Europe/Berlin (12:00 -05:00 America/New_York)'],
  ['Asia/Tokyo', 'Thu 2026-12-24 18:00 +01:00 Europe/Berlin (Fri 2026-12-25 02:00 +09:00 Asia/Tokyo)'],
  ['UTC', 'Thu 2026-12-24 18:00 +01:00 Europe/Berlin (17:00 Z UTC)'],
  ['Mars/Base', 'Thu 2026-12-24 18:00 +01:00 Europe/Berlin'],
])('a moment of Berlin for somebody in %s', (viewers, words) => {
  expect(sayMomentInBoth(AT, 'Europe/Berlin', viewers)).toBe(words);
});

test('a zone that this host does not know is told in UTC', () => {
  expect(sayMoment(AT + 5_000, 'Mars/Base')).toBe('Thu 2026-12-24 17:00:05 UTC');
});

test.each<[Timing, string, string, string[]]>([
  [
    cron('30 2 * * *'),
    'Europe/Berlin',
    '2027-03-27T12:00Z',
    [
      '2027-03-28 02:30 does not exist: the clocks go from 02:00 to 03:00 on 2027-03-28 (spring), so it is not due then',
      'Mon 2027-03-29 02:30 +02:00 Europe/Berlin',
    ],
  ],
  [
    cron('0,15,30,45 2 * * *'),
    'Europe/Berlin',
    '2027-03-27T12:00Z',
    [
      '2027-03-28 02:00, 02:15, 02:30 and 1 more do not exist: the clocks go from 02:00 to 03:00 on 2027-03-28 (spring), so it is not due then',
      'Mon 2027-03-29 02:00 +02:00 Europe/Berlin',
    ],
  ],
  [
    cron('30 2 * * *'),
    'Europe/Berlin',
    '2027-10-30T12:00Z',
    [
      'Sun 2027-10-31 02:30 +01:00 Europe/Berlin: the clocks go back (autumn) and show this time twice; this is the second, and it is not due at the first',
    ],
  ],
  [
    cron('30 1 * * *'),
    'America/New_York',
    '2027-11-06T12:00Z',
    [
      'Sun 2027-11-07 01:30 -04:00 America/New_York: the clocks go back (autumn) and show this time twice; this is the first, and it is due both times',
    ],
  ],
  [
    every(86_400_000, 7_200_000),
    'Europe/Berlin',
    '2027-03-27T12:00Z',
    ['Sun 2027-03-28 04:00 +02:00 Europe/Berlin'],
  ],
])('%j in %s after %s', (timing, timeZone, from, lines) => {
  const count = lines.filter((line) => /^[A-Z]/.test(line)).length;
  const told = upcoming({ timing, timeZone }, Date.parse(from), count);
  expect(told.map((what) => sayUpcoming(what, timeZone, timeZone))).toEqual(lines);
});

test('what Temporal passes over, and days of UTC, are told with the change', () => {
  const change = { atMs: Date.parse('2027-10-31T01:00Z'), beforeMs: 7_200_000, afterMs: 3_600_000 };
  const wall = { year: 2027, month: 10, day: 31, hour: 3, minute: 0, second: 0 };
  const passed = { kind: 'left-out', why: 'passed-over', walls: [wall], count: 1, change } as const;
  expect(sayUpcoming({ ...passed, season: 'autumn' }, 'Europe/Berlin', 'UTC')).toBe(
    '2027-10-31 03:00 is passed over by Temporal: the clocks go from 03:00 to 02:00 on 2027-10-31 (autumn)',
  );
  const shifted = { kind: 'shifted', before: { ...wall, hour: 4 }, after: wall, change } as const;
  expect(sayUpcoming({ ...shifted, season: 'autumn' }, 'Europe/Berlin', 'UTC')).toBe(
    'the clocks go from 03:00 to 02:00 on 2027-10-31 (autumn): it is due at 03:00 from then on, and was at 04:00, since its days are those of UTC',
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTiming, UnreadableTiming, type WhenDue } from '../../../domain/schedule/compile.ts';
import type { Timing } from '../../../domain/schedule/definition.ts';
import { matches, matchingTimes } from '../../../domain/schedule/matching-times.ts';
import { type Upcoming, upcoming } from '../../../domain/schedule/upcoming.ts';
import { wallTime, zoneOf } from '../../../domain/schedule/zone.ts';

const cron = (text: string): Timing => ({ kind: 'cron', cron: text });

/** What comes, briefly: `27T01:30 twice second`, `left out 28T02:30`. */
function brief(when: WhenDue, from: string, count: number): string[] {
  return upcoming(when, Date.parse(from), count).map(say);
}

function say(what: Upcoming): string {
  const two = (number: number) => String(number).padStart(2, '0');
  switch (what.kind) {
    case 'due': {
      const { twice } = what;
      const also = twice === undefined ? '' : ` ${twice.copy}${twice.both ? ' of both' : ''}`;
      return `${new Date(what.atMs).toISOString().slice(8, 16)}${also}`;
    }
    case 'left-out': {
      const walls = what.walls.map(({ hour, minute }) => `${two(hour)}:${two(minute)}`).join(' ');
      return `${what.why} ${walls} of ${what.count}, ${what.season}`;
    }
    case 'shifted':
      return `${what.before.hour} to ${what.after.hour}, ${what.season}`;
  }
}

test.each<[string, Timing, string, string, string[]]>([
  [
    'a time that does not exist',
    cron('30 2 * * *'),
    ...(['Europe/Berlin', '2027-03-27T00:00Z'] as const),
    ['27T01:30', 'missing 02:30 of 1, spring', '29T00:30'],
  ],
  [
    'many that do not',
    cron('0,15,30,45 2 * * *'),
    ...(['Europe/Berlin', '2027-03-27T22:00Z'] as const),
    ['missing 02:00 02:15 02:30 of 4, spring', '29T00:00'],
  ],
  [
    'a time that exists twice, east of Greenwich',
    cron('30 2 * * *'),
    ...(['Europe/Berlin', '2027-10-30T12:00Z'] as const),
    ['31T01:30 second', '01T01:30'],
  ],
  [
    'west of it',
    cron('30 1 * * *'),
    ...(['America/New_York', '2027-11-06T12:00Z'] as const),
    ['07T05:30 first of both', '07T06:30 second of both', '08T06:30'],
  ],
  [
    'the second of both, when the first is over',
    cron('30 1 * * *'),
    ...(['America/New_York', '2027-11-07T06:00Z'] as const),
    ['07T06:30 second of both'],
  ],
  [
    'each hour',
    cron('0 * * * *'),
    ...(['Europe/Berlin', '2027-10-30T23:00Z'] as const),
    ['31T00:00 first of both', '31T01:00 second of both', '31T02:00'],
  ],
  [
    'what the server passes over',
    cron('0,20,40 0-3 * * *'),
    ...(['Europe/Berlin', '2027-10-30T23:30Z'] as const),
    [
      '30T23:40',
      '31T00:00 first',
      'passed-over 02:40 03:00 03:20 of 3, autumn',
      '31T01:20 second',
      '31T02:40',
    ],
  ],
  [
    'half an hour that does not exist',
    cron('15 2 * * *'),
    ...(['Australia/Lord_Howe', '2027-10-01T12:00Z'] as const),
    ['01T15:45', 'missing 02:15 of 1, spring', '03T15:15'],
  ],
  [
    'a Sunday without midnight',
    cron('0 12 * * sun'),
    ...(['America/Havana', '2027-03-10T12:00Z'] as const),
    ['14T16:00', '21T16:00'],
  ],
  [
    'the Saturday before it',
    cron('0 12 * * sat'),
    ...(['America/Havana', '2027-03-10T12:00Z'] as const),
    ['13T17:00', '20T16:00'],
  ],
  [
    'a day of UTC, when clocks are put forward',
    { kind: 'every', everyMs: 86_400_000, offsetMs: 7_200_000 },
    ...(['Europe/Berlin', '2027-03-27T00:00Z'] as const),
    ['27T02:00', '3 to 4, spring', '28T02:00'],
  ],
  [
    'once, at the first of two',
    { kind: 'at', at: '2027-10-31 02:30' },
    ...(['Europe/Berlin', '2027-10-01T00:00Z'] as const),
    ['31T00:30 first'],
  ],
  ['UTC, where nothing is changed', cron('30 2 * * *'), 'UTC', '2027-03-27T12:00Z', ['28T02:30', '29T02:30']],
])('%s', (_what, timing, timeZone, from, wanted) => {
  const count = wanted.filter((each) => /^\d+T/.test(each)).length;
  expect(brief({ timing, timeZone }, from, count)).toEqual(wanted);
});

test.each([
  ['Asia/Kolkata', '2027-03-01T00:45'],
  ['Australia/Lord_Howe', '2027-03-01T00:15'],
  ['Europe/Berlin', '2027-03-01T00:15'],
])('a quarter past each hour is that of the clocks of %s', (timeZone, first) => {
  const when = { timing: cron('15 * * * *'), timeZone };
  expect(matchingTimes(when, Date.parse('2027-03-01T00:00Z'), { count: 1 })).toEqual([
    Date.parse(`${first}Z`),
  ]);
});

describe('bounds', () => {
  const hourly: WhenDue = { timing: cron('0 * * * *'), timeZone: 'Europe/Berlin' };
  test('nothing is due before its start, nor from its end on', () => {
    const [startMs, endMs] = [Date.parse('2027-05-01T10:00Z'), Date.parse('2027-05-01T12:00Z')];
    expect(brief({ ...hourly, startMs, endMs }, '2027-01-01T00:00Z', 10)).toEqual(['01T10:00', '01T11:00']);
  });

  test('what its bounds keep out is not told as left out', () => {
    const when: WhenDue = { timing: cron('0,20,40 0-3 * * *'), timeZone: 'Europe/Berlin' };
    const startMs = Date.parse('2027-10-31T12:00Z');
    expect(brief({ ...when, startMs }, '2027-10-30T12:00Z', 1)).toEqual(['31T23:00']);
  });

  test('of a timing that was never accepted nothing is told', () => {
    expect(() => compileTiming({ timing: cron('0 3 * *'), timeZone: 'UTC' })).toThrow(UnreadableTiming);
    expect(() => compileTiming({ timing: cron('0 3 * * *'), timeZone: 'Mars/Base' })).toThrow(
      UnreadableTiming,
    );
  });
});

test('it is quick', () => {
  const spent = (timing: Timing) => {
    const began = performance.now();
    matchingTimes({ timing, timeZone: 'America/Chicago' }, Date.parse('2027-03-01T00:00Z'), { count: 10 });
    return performance.now() - began;
  };
  const best = (timing: Timing) => Math.min(...Array.from({ length: 10 }, () => spent(timing)));
  expect(best({ kind: 'calendar', calendar: '24 december 18:00' })).toBeLessThan(20);
  expect(best({ kind: 'calendar', calendar: 'last weekday of february 18:00' })).toBeLessThan(40);
  expect(best(cron('* * * * *'))).toBeLessThan(5);
  expect(best(cron('* 0-22 * * *'))).toBeLessThan(5);
  // Never: the years are looked through to the last.
  expect(best(cron('0 0 31 2 *'))).toBeLessThan(40);
});

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'UTC',
  'America/Havana',
  'Africa/Cairo',
  'Asia/Kolkata',
];

test('it is never due at a time of day, or on a day of the week, that was not asked for', () => {
  const numbers = (max: number, most: number) =>
    fc.uniqueArray(fc.integer({ min: 0, max }), { minLength: 1, maxLength: most });
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.tuple(numbers(59, 3), numbers(4, 3), numbers(6, 3)),
      fc.integer({ min: 0, max: 800 }),
      (timeZone, [minutes, hours, weekdays], days) => {
        const timing = cron(`${minutes.join()} ${hours.join()} * * ${weekdays.join()}`);
        const from = Date.parse('2027-01-01T00:00Z') + days * 86_400_000;
        const zone = zoneOf(timeZone);
        if (zone === undefined) throw new Error(timeZone);
        const times = matchingTimes({ timing, timeZone }, from, { count: 30 });
        expect(times).toHaveLength(30);
        for (const ms of times) {
          const { hour, minute, year, month, day } = wallTime(zone, ms);
          const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
          expect([minutes.includes(minute), hours.includes(hour), weekdays.includes(weekday)]).toEqual([
            true,
            true,
            true,
          ]);
        }
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      },
    ),
    { numRuns: 100 },
  );
});

test('where no clocks are changed, it is due whenever the clocks show one of its times', () => {
  const spec = compileTiming({ timing: cron('*/7 1-3 * * 1-5'), timeZone: 'Asia/Kolkata' });
  const zone = zoneOf('Asia/Kolkata');
  if (zone === undefined) throw new Error('no zone');
  const from = Date.parse('2027-03-01T00:00Z');
  const untilMs = from + 7 * 86_400_000;
  const wanted = Array.from({ length: 7 * 1_440 }, (_, place) => from + (place + 1) * 60_000).filter((ms) =>
    spec.calendars.some((calendar) => matches(calendar, wallTime(zone, ms))),
  );
  const when = { timing: cron('*/7 1-3 * * 1-5'), timeZone: 'Asia/Kolkata' };
  expect(matchingTimes(when, from, { untilMs })).toEqual(wanted);
});

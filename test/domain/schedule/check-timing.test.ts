import { describe, expect, test } from 'vitest';
import { checkTiming, readTiming, type TimingTexts } from '../../../domain/schedule/check-timing.ts';
import type { WhenDue } from '../../../domain/schedule/compile.ts';
import type { TimingNote } from '../../../domain/schedule/timing-problem.ts';

const NOW = Date.parse('2027-03-01T12:00:00Z');
const LIMITS = { nowMs: NOW, loopIntervalMs: 300_000 };
const DAY_MS = 86_400_000;

function problemOf(texts: TimingTexts, place: Partial<WhenDue> = {}): object | undefined {
  const read = readTiming(texts, { timeZone: 'Europe/Berlin', ...place }, LIMITS);
  return 'problem' in read ? read.problem : undefined;
}

describe('what is refused', () => {
  test.each<[TimingTexts, object]>([
    [{}, { code: 'not-one-timing', given: [] }],
    [
      { cron: '0 3 * * *', every: '1h' },
      { code: 'not-one-timing', given: ['cron', 'every'] },
    ],
    [{ cron: '0 3 * * * *' }, { code: 'cron-fields', count: 6 }],
    [{ cron: '0 3 31 2 *' }, { code: 'never-due', startMs: null, endMs: null, timeZone: 'Europe/Berlin' }],
    ...['soon', '', '15', '1.5h', '-1h', '1m1h', '1h 1h', '9999999d'].map((every): [TimingTexts, object] => [
      { every },
      { code: 'every-text', text: every },
    ]),
    [{ every: '0s' }, { code: 'every-bounds', everyMs: 0, minMs: 1_000, maxMs: 366 * DAY_MS }],
    [{ every: '367d' }, { code: 'every-bounds', everyMs: 367 * DAY_MS, minMs: 1_000, maxMs: 366 * DAY_MS }],
    [{ every: '299s' }, { code: 'every-below-loop', everyMs: 299_000, loopIntervalMs: 300_000 }],
    ...['tomorrow', '2027-12-24', '24.12.2027 18:00', '2027-12-24 18', ''].map(
      (at): [TimingTexts, object] => [{ at }, { code: 'moment-text', text: at }],
    ),
    [{ at: '2027-02-30 10:00' }, { code: 'no-such-date', text: '2027-02-30 10:00', daysInMonth: 28 }],
    [{ at: '2027-13-01 10:00' }, { code: 'no-such-date', text: '2027-13-01 10:00', daysInMonth: null }],
    [{ at: '2027-12-24 24:00' }, { code: 'no-such-date', text: '2027-12-24 24:00', daysInMonth: null }],
    [{ at: '3027-12-24 18:00' }, { code: 'no-such-date', text: '3027-12-24 18:00', daysInMonth: null }],
    [
      { at: '2027-03-28 02:30' },
      {
        ...{ code: 'moment-left-out', text: '2027-03-28 02:30', timeZone: 'Europe/Berlin' },
        change: { atMs: Date.parse('2027-03-28T01:00Z'), beforeMs: 3_600_000, afterMs: 7_200_000 },
      },
    ],
    [{ at: '2027-03-01 13:00' }, { code: 'at-past', atMs: NOW, nowMs: NOW, timeZone: 'Europe/Berlin' }],
    [{ calendar: 'every day' }, { code: 'calendar-no-time', text: 'every day' }],
  ])('%j', (texts, problem) => {
    expect(problemOf(texts)).toEqual(problem);
  });

  test.each<[Partial<WhenDue>, object]>([
    [
      { startMs: NOW + 5, endMs: NOW + 5 },
      { code: 'end-before-start', startMs: NOW + 5, endMs: NOW + 5 },
    ],
    [{ endMs: NOW }, { code: 'end-past', endMs: NOW, nowMs: NOW }],
    [{ endMs: NOW + 60_000 }, { code: 'never-due', startMs: null, endMs: NOW + 60_000 }],
    [{ timeZone: 'Europe/Berln' }, { code: 'unknown-zone', near: 'Europe/Berlin' }],
    [{ timeZone: 'europe/berlin' }, { code: 'unknown-zone', near: 'Europe/Berlin' }],
    [{ timeZone: 'new york' }, { code: 'unknown-zone', near: 'America/New_York' }],
    ...['PST', 'IST', '+01:00', 'Local', '', 'SystemV/PST8', 'x'.repeat(10_000), '../etc/passwd'].map(
      (timeZone): [Partial<WhenDue>, object] => [{ timeZone }, { code: 'unknown-zone', near: null }],
    ),
  ])('every day at 03:00 with %j', (place, problem) => {
    expect(problemOf({ cron: '0 3 * * *' }, place)).toMatchObject(problem);
  });

  test('an interval that is moved by as much as itself, or by parts of a second', () => {
    for (const [everyMs, offsetMs] of [
      [600_000, 600_000],
      [600_000, -1_000],
      [600_000, 1_500],
    ] as const) {
      const when: WhenDue = { timing: { kind: 'every', everyMs, offsetMs }, timeZone: 'UTC' };
      expect(checkTiming(when, LIMITS)).toEqual({ problem: { code: 'every-offset', everyMs, offsetMs } });
    }
  });

  test('what is quoted of it is cut', () => {
    const long = 'x'.repeat(100_000);
    for (const texts of [{ cron: long }, { every: long }, { at: long }, { calendar: long }]) {
      expect(JSON.stringify(problemOf(texts)).length).toBeLessThan(700);
    }
    expect(JSON.stringify(problemOf({ every: '1h' }, { timeZone: long })).length).toBeLessThan(700);
  });
});

describe('what is taken, with what somebody should know', () => {
  test.each<[TimingTexts, TimingNote[]]>([
    [{ cron: '@daily' }, []],
    [{ cron: '0 3 1 * 1' }, [{ code: 'either-day' }]],
    [{ every: ' 1H 30m ' }, []],
    [{ every: '366d' }, []],
    [{ at: '2027-12-24T18:00:05' }, []],
    [{ at: '2028-02-29 6:00' }, []],
    [
      { at: '2027-10-31 02:30' },
      [
        {
          ...{ code: 'moment-twice', timeZone: 'Europe/Berlin' },
          ...{ meantMs: Date.parse('2027-10-31T00:30Z'), otherMs: Date.parse('2027-10-31T01:30Z') },
        },
      ],
    ],
    [{ at: '2027-10-31 02:30 +01:00' }, []],
    [
      { calendar: 'day 30, 31 of the month 09:00' },
      [30, 31].map((day) => ({ code: 'not-every-month', day })),
    ],
    [{ calendar: '29 february 12:00' }, [{ code: 'leap-years-only' }]],
  ])('%j', (texts, notes) => {
    expect(readTiming(texts, { timeZone: 'Europe/Berlin' }, LIMITS)).toMatchObject({ notes });
  });

  test('a length is read with its units', () => {
    const read = readTiming({ every: '1w2d3h4m5s' }, { timeZone: 'UTC' }, LIMITS);
    expect(read).toMatchObject({ timing: { everyMs: 9 * DAY_MS + 3 * 3_600_000 + 4 * 60_000 + 5_000 } });
  });
});

import { expect, test } from 'vitest';
import { daysFrom, isTimeZone } from '../../config/zone-days.ts';

const HOUR_MS = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);

/** From a moment on: the day, when it ends, and how many hours it has. */
const DAYS: [zone: string, at: string, [day: string, ends: string][], hours: number][] = [
  ['UTC', '2026-11-26T12:00', [['2026-11-26', '2026-11-27T00:00']], 24],
  ['Europe/Berlin', '2026-11-26T22:59', [['2026-11-26', '2026-11-26T23:00']], 24],
  ['Europe/Berlin', '2026-11-26T23:00', [['2026-11-27', '2026-11-27T23:00']], 24],
  // Clocks go forward and back.
  ['Europe/Berlin', '2026-03-28T23:00', [['2026-03-29', '2026-03-29T22:00']], 23],
  ['Europe/Berlin', '2026-10-24T22:00', [['2026-10-25', '2026-10-25T23:00']], 25],
  // They go forward at midnight: the day begins at 01:00.
  ['America/Santiago', '2026-09-06T04:00', [['2026-09-06', '2026-09-07T03:00']], 23],
  // They go back at midnight: the day before has that hour twice.
  ['America/Santiago', '2026-04-04T03:00', [['2026-04-04', '2026-04-05T04:00']], 25],
  ['Asia/Kathmandu', '2026-01-01T18:14', [['2026-01-01', '2026-01-01T18:15']], 24],
  // A day that there never was.
  [
    'Pacific/Apia',
    '2011-12-29T10:00',
    [
      ['2011-12-29', '2011-12-30T10:00'],
      ['2011-12-31', '2011-12-31T10:00'],
    ],
    24,
  ],
];

test.each(DAYS)('%s at %s: %j', (zone, at, days, hours) => {
  const nowMs = Date.parse(`${at}Z`);
  const found = daysFrom(zone, nowMs, days.length);
  expect(found.map(({ day, endsMs }) => [day, iso(endsMs)])).toEqual(days);
  const [first] = found;
  const before = daysFrom(zone, nowMs - 26 * HOUR_MS, 4).findLast(({ day }) => day < (first?.day ?? ''));
  expect(((first?.endsMs ?? 0) - (before?.endsMs ?? 0)) / HOUR_MS).toBe(hours);
});

test('a year of any zone has its days one after the other', () => {
  for (const zone of ['Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe', 'Africa/Cairo']) {
    const days = daysFrom(zone, Date.UTC(2026, 0, 1, 12), 365);
    expect(new Set(days.map(({ day }) => day)).size).toBe(365);
    expect(days.map(({ day }) => day)).toEqual(days.map(({ day }) => day).sort());
    const lengths = days.slice(1).map(({ endsMs }, at) => (endsMs - (days[at]?.endsMs ?? 0)) / HOUR_MS);
    expect(lengths.every((hours) => hours >= 23 && hours <= 25)).toBe(true);
  }
});

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Etc/GMT+5', true],
  ['Europe/Berlinn', false],
  ['+01:00', false],
  ['', false],
  ['a b', false],
  ['x'.repeat(65), false],
])('%j is a time zone: %s', (name, isOne) => {
  expect(isTimeZone(name)).toBe(isOne);
});

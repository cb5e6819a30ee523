import { expect, test } from 'vitest';
import { daysWithin, hoursWithin } from '../../../client/history/stretches.ts';
import { type Zone, zoneOf } from '../../../domain/schedule/zone.ts';

const HOUR_MS = 3_600_000;
const in_ = (name: string) => zoneOf(name) as Zone;
const ms = (text: string) => Date.parse(text);

test.each<[string, string, string, [key: string, hours: number][]]>([
  [
    'UTC',
    '2026-11-25T10:00Z',
    '2026-11-26T10:00Z',
    [
      ['2026-11-25', 24],
      ['2026-11-26', 24],
    ],
  ],
  // It ends with a day: the next one has no part of it.
  ['UTC', '2026-11-25T00:00Z', '2026-11-26T00:00Z', [['2026-11-25', 24]]],
  [
    'Europe/Berlin',
    '2026-10-24T12:00Z',
    '2026-10-25T22:30Z',
    [
      ['2026-10-24', 24],
      ['2026-10-25', 25],
    ],
  ],
  ['Europe/Berlin', '2026-03-29T00:00Z', '2026-03-29T12:00Z', [['2026-03-29', 23]]],
  // Midnight is left out there.
  [
    'Africa/Cairo',
    '2026-04-23T12:00Z',
    '2026-04-24T12:00Z',
    [
      ['2026-04-23', 24],
      ['2026-04-24', 23],
    ],
  ],
  // Midnight comes twice.
  [
    'America/Havana',
    '2026-10-31T12:00Z',
    '2026-11-01T12:00Z',
    [
      ['2026-10-31', 24],
      ['2026-11-01', 25],
    ],
  ],
  // A day that was left out.
  [
    'Pacific/Apia',
    '2011-12-30T00:00Z',
    '2011-12-30T12:00Z',
    [
      ['2011-12-29', 24],
      ['2011-12-31', 24],
    ],
  ],
])('days of %s from %s to %s', (zone, since, until, days) => {
  const found = daysWithin(in_(zone), ms(since), ms(until), 400);
  expect(found.map(({ key, sinceMs, untilMs }) => [key, (untilMs - sinceMs) / HOUR_MS])).toEqual(days);
  for (const [at, { untilMs }] of found.slice(0, -1).entries()) expect(found[at + 1]?.sinceMs).toBe(untilMs);
});

test.each<[string, string, string, [key: string, minutes: number][]]>([
  [
    ...(['Europe/Berlin', '2026-10-25T00:30Z', '2026-10-25T02:30Z'] as const),
    [
      ['2026-10-25T02:00+02:00', 60],
      ['2026-10-25T02:00+01:00', 60],
      ['2026-10-25T03:00+01:00', 60],
    ],
  ],
  ['Asia/Kolkata', '2026-10-25T00:30Z', '2026-10-25T00:31Z', [['2026-10-25T06:00+05:30', 60]]],
  [
    // The clocks are put back by half an hour.
    ...(['Australia/Lord_Howe', '2026-04-04T14:45Z', '2026-04-04T15:45Z'] as const),
    [
      ['2026-04-05T01:00+11:00', 60],
      ['2026-04-05T01:30+10:30', 30],
      ['2026-04-05T02:00+10:30', 60],
    ],
  ],
])('hours of %s from %s to %s', (zone, since, until, hours) => {
  const found = hoursWithin(in_(zone), ms(since), ms(until), 400);
  expect(found.map(({ key, sinceMs, untilMs }) => [key, (untilMs - sinceMs) / 60_000])).toEqual(hours);
});

test('of too many the earliest are left out', () => {
  const found = daysWithin(in_('UTC'), 0, ms('2026-11-26T10:00Z'), 3);
  expect(found.map(({ key }) => key)).toEqual(['2026-11-24', '2026-11-25', '2026-11-26']);
});

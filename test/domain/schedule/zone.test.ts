import { expect, test } from 'vitest';
import { momentsOf, nearestZone, type Zone, zoneOf } from '../../../domain/schedule/zone.ts';

function zone(name: string): Zone {
  const found = zoneOf(name);
  if (found === undefined) throw new Error(name);
  return found;
}

test('every zone of the tz database is known by its name, in its letters', () => {
  // Of older names, too: people have them in their files.
  const older = [
    'US/Pacific',
    'US/East-Indiana',
    'Australia/ACT',
    'Australia/NSW',
    'Asia/Calcutta',
    'Etc/GMT+5',
  ];
  const plain = ['UTC', 'GMT', 'CET', 'EST5EDT', 'NZ-CHAT', 'GB-Eire', 'W-SU', 'PRC', 'Zulu'];
  const odd = ['America/Knox_IN', 'America/Argentina/ComodRivadavia', 'Antarctica/McMurdo', 'Asia/Ust-Nera'];
  const all = [...Intl.supportedValuesOf('timeZone'), ...older, ...plain, ...odd];
  expect(all.filter((name) => zoneOf(name) === undefined)).toEqual([]);
  expect(
    all.filter((name) => name !== name.toLowerCase() && zoneOf(name.toLowerCase()) !== undefined),
  ).toEqual([]);
});

test.each<[string, string | undefined]>([
  ['Europe/Berln', 'Europe/Berlin'],
  ['EUROPE/BERLIN', 'Europe/Berlin'],
  ['berlin', 'Europe/Berlin'],
  ['Germany/Berlin', 'Europe/Berlin'],
  ['new york', 'America/New_York'],
  ['utc', 'UTC'],
  ['Mars/Base', undefined],
  ['x'.repeat(1_000), undefined],
])('nearest to %s is %s', (name, near) => {
  expect(nearestZone(name)).toBe(near);
});

test.each<[string, string, string[]]>([
  ['Europe/Berlin', '2027-03-28T02:30', []],
  ['Europe/Berlin', '2027-10-31T02:30', ['2027-10-31T00:30', '2027-10-31T01:30']],
  ['Europe/Berlin', '2027-10-31T03:00', ['2027-10-31T02:00']],
  ['Australia/Lord_Howe', '2027-04-04T01:45', ['2027-04-03T14:45', '2027-04-03T15:15']],
  ['Pacific/Apia', '2011-12-30T12:00', []],
  ['UTC', '2027-03-28T02:30', ['2027-03-28T02:30']],
])('the clocks of %s show %s at %j', (name, wall, moments) => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = wall.split(/[-T:]/).map(Number);
  const found = momentsOf(zone(name), { year, month, day, hour, minute, second: 0 });
  expect(found.map((ms) => new Date(ms).toISOString().slice(0, 16))).toEqual(moments);
});

test('the offset of a zone is that of Intl at any time, in whatever order it is asked for', () => {
  for (const name of [
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'UTC',
  ]) {
    const format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
    const { offsetMs } = zone(name);
    for (let step = 0; step < 400; step++) {
      const ms = Date.UTC(2026, 0) + ((step * 7_919) % 4_000) * 7 * 3_600_000;
      const [, sign = '+', hours = '0', minutes = '0'] =
        /GMT(?:([+-])(\d+):(\d+))?/.exec(format.format(ms)) ?? [];
      const expected = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
      if (offsetMs(ms) !== expected)
        throw new Error(`${name} at ${new Date(ms).toISOString()}: ${offsetMs(ms)}`);
    }
  }
});

test('its changes come one after the other', () => {
  const { changeAfter } = zone('Europe/Berlin');
  const first = changeAfter(Date.UTC(2027, 0));
  expect(first).toEqual({ atMs: Date.parse('2027-03-28T01:00Z'), beforeMs: 3_600_000, afterMs: 7_200_000 });
  const second = changeAfter(first?.atMs ?? 0);
  expect(second).toEqual({ atMs: Date.parse('2027-10-31T01:00Z'), beforeMs: 7_200_000, afterMs: 3_600_000 });
  expect(zone('UTC').changeAfter(0)).toBeUndefined();
});

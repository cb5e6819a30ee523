import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillIn, PLACEHOLDERS, placeholderValues, rfc3339 } from '../../../domain/schedule/placeholders.ts';
import { type Zone, zoneOf } from '../../../domain/schedule/zone.ts';

function zone(name: string): Zone {
  const found = zoneOf(name);
  if (found === undefined) throw new Error(name);
  return found;
}

const AT = Date.parse('2027-10-31T01:30:00Z');
const values = placeholderValues(
  { nominalMs: AT, count: 7, lastEndMs: AT - 3_600_000 },
  zone('Europe/Berlin'),
);

test.each<[string, string]>([
  ['Backup of {{date}} at {{time}}', 'Backup of 2027-10-31 at 02:30'],
  ['#{{count}}, after {{last_end}}', '#7, after 2027-10-31T02:30:00+02:00'],
  ['{{ date }} {{date}}{{date}}', '2027-10-31 2027-10-312027-10-31'],
  ['{{Date}} {{datum}} {{ }} {{}} {date} {{date', '{{Date}} {{datum}} {{ }} {{}} {date} {{date'],
  ['{{{date}}}', '{2027-10-31}'],
  ['{{constructor}} {{__proto__}} $& $1', '{{constructor}} {{__proto__}} $& $1'],
  ['', ''],
])('%j becomes %j', (text, filled) => {
  expect(fillIn(text, values, 500)).toBe(filled);
});

test('before the first one nothing ended; the zone of the schedule counts', () => {
  const first = placeholderValues({ nominalMs: AT, count: 1, lastEndMs: null }, zone('America/New_York'));
  expect(first).toEqual({ date: '2027-10-30', time: '21:30', count: '1', last_end: 'never' });
});

test('a value is not looked at again, nor as a pattern', () => {
  const hostile = { date: '{{time}}', time: '{{count}}', count: '$&', last_end: "$'" };
  expect(fillIn('{{date}}{{time}}{{count}}{{last_end}}', hostile, 500)).toBe("{{time}}{{count}}$&$'");
});

test('the result is bounded, and every character of it is whole', () => {
  expect(fillIn('{{date}}'.repeat(1_000), values, 50)).toHaveLength(51);
  expect(fillIn('😀'.repeat(50), values, 49).isWellFormed()).toBe(true);
  expect(fillIn('a'.repeat(50), values, 50)).toBe('a'.repeat(50));
});

test('a text without placeholders stays as it is', () => {
  const other = fc.string().filter((text) => !PLACEHOLDERS.some((name) => text.includes(name)));
  fc.assert(fc.property(other, (text) => fillIn(text, values, 10_000) === text.toWellFormed()));
});

test.each<[string, string, string]>([
  ['Europe/Berlin', '2027-10-31T00:30:00Z', '2027-10-31T02:30:00+02:00'],
  ['Europe/Berlin', '2027-10-31T01:30:00Z', '2027-10-31T02:30:00+01:00'],
  ['America/St_Johns', '2027-01-01T00:00:00Z', '2026-12-31T20:30:00-03:30'],
  ['UTC', '2027-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
])('in %s, %s is %s', (name, utc, local) => {
  expect(rfc3339(Date.parse(utc), zone(name))).toBe(local);
});

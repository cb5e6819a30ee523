import { expect, test } from 'vitest';
import { comingJson } from '../../../../client/json/schedules/next.ts';
import type { Timing } from '../../../../domain/schedule/definition.ts';
import { definitionOf } from '../../../support/schedules.ts';

const coming = (timing: Timing, timeZone: string, from: string, skips: number[] = []) =>
  comingJson(definitionOf('s', { timing, timeZone }), skips, {
    nowMs: Date.parse(from),
    timeZone: 'UTC',
    count: 3,
  });

test('a time that comes twice, and one that a person left out', () => {
  const half = { kind: 'cron', cron: '30 1 * * *' } as const;
  const skipped = Date.parse('2026-11-01T05:30:00Z');
  const [first, second, third] = coming(half, 'America/New_York', '2026-11-01T00:00:00Z', [skipped]);
  expect([first, second, third]).toMatchObject([
    {
      ...{ kind: 'due', at: '2026-11-01T05:30:00.000Z', local: '2026-11-01T01:30:00', left_out: true },
      twice: { copy: 'first', other: '2026-11-01T06:30:00.000Z', both: true },
    },
    {
      at: '2026-11-01T06:30:00.000Z',
      local: '2026-11-01T01:30:00',
      left_out: false,
      twice: { copy: 'second' },
    },
    { at: '2026-11-02T06:30:00.000Z', twice: null, says: expect.stringContaining('01:30 -05:00') },
  ]);
});

test('a time that the clocks leave out', () => {
  const half = { kind: 'cron', cron: '30 2 * * *' } as const;
  expect(coming(half, 'Europe/Berlin', '2027-03-27T03:00:00Z')[0]).toMatchObject({
    ...{ kind: 'left-out', why: 'missing', season: 'spring', count: 1, local: ['2027-03-28T02:30:00'] },
    ...{ at: '2027-03-28T01:00:00.000Z', says: expect.stringContaining('does not exist') },
  });
});

test('days of UTC, which move on the clocks of a zone', () => {
  const daily = { kind: 'every', everyMs: 86_400_000 } as const;
  expect(coming(daily, 'Europe/Berlin', '2027-03-26T12:00:00Z')).toContainEqual(
    expect.objectContaining({
      ...{ kind: 'shifted', season: 'spring', at: '2027-03-28T01:00:00.000Z' },
      ...{ local_before: '2027-03-28T01:00:00', local_after: '2027-03-29T02:00:00' },
    }),
  );
});

test('no more than are left, and none of what cannot be read', () => {
  const daily = { kind: 'every', everyMs: 86_400_000 } as const;
  const viewer = { nowMs: 0, timeZone: 'UTC', count: 10 };
  expect(comingJson(definitionOf('s', { timing: daily, remaining: 2 }), [], viewer)).toHaveLength(2);
  // What a person leaves out uses up nothing.
  const one = definitionOf('s', { timing: daily, remaining: 1 });
  expect(comingJson(one, [86_400_000], viewer)).toMatchObject([{ left_out: true }, { left_out: false }]);
  const unread = { kind: 'cron', cron: 'x' } as const;
  expect(comingJson(definitionOf('s', { timing: unread }), [], viewer)).toEqual([]);
});

import { expect, test } from 'vitest';
import { scheduleLine } from '../../../client/schedules/schedule-line.ts';
import type { ScheduleMemo } from '../../../contract/schedule.ts';
import { DEFAULTS } from '../../../domain/schedule/definition.ts';

const NOW = Date.UTC(2026, 10, 27, 12);
const THREE = Date.UTC(2026, 10, 28, 3);
const DAY_MS = 86_400_000;
/** Not what the definition says, so that it can be seen whose word counted. */
const TOLD = THREE + 1_000;

const memo = (
  schedule: Partial<ScheduleMemo['schedule']> = {},
  nextMs: number | undefined = TOLD,
): ScheduleMemo => ({
  schedule: {
    definition: {
      ...DEFAULTS,
      ...{ name: 'nightly', timing: { kind: 'cron', cron: '0 3 * * *' }, timeZone: 'UTC' },
      work: { kind: 'task', title: 'x' },
    },
    ...{ version: 1, createdMs: NOW, editedMs: NOW },
    ...schedule,
  },
  now: { count: 0, open: 0, badInARow: 0, ...(nextMs !== undefined && { nextMs }) },
});

const once = { definition: { ...memo().schedule.definition, remaining: 1 } };

test.each<[string, ScheduleMemo, number, number[]]>([
  ['the next as it was told', memo(), 1, [TOLD]],
  ['several are computed', memo(), 2, [THREE, THREE + DAY_MS]],
  ['what was told is over', memo({}, NOW), 1, [THREE]],
  ['nothing was told', memo({}, Number.NaN), 1, [THREE]],
  ['paused: what was told may be old', memo({ pause: { atMs: NOW } }), 1, [THREE]],
  ['some are left out: what was told may be one of them', memo({ skips: [TOLD] }), 1, [THREE]],
  ['the next is left out: up to the one after it', memo({ skips: [THREE] }), 1, [THREE, THREE + DAY_MS]],
  [
    'two are left out',
    memo({ skips: [THREE, THREE + DAY_MS] }),
    2,
    [0, 1, 2].map((day) => THREE + day * DAY_MS),
  ],
  ['enough are due', memo({ skips: [THREE] }), 2, [THREE, THREE + DAY_MS]],
  ['what is left out uses up nothing', memo({ ...once, skips: [THREE] }), 3, [THREE, THREE + DAY_MS]],
  ['no time is wanted', memo({ skips: [THREE] }), 0, []],
  ['finished', memo({ finished: true }), 1, []],
])('next times: %s', (_, known, times, expected) => {
  expect(scheduleLine(known, NOW, times).nextMs).toEqual(expected);
});

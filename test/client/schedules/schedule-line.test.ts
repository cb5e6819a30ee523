import { expect, test } from 'vitest';
import { scheduleLine } from '../../../client/schedules/schedule-line.ts';
import type { ScheduleMemo } from '../../../contract/schedule.ts';
import { DEFAULTS } from '../../../domain/schedule/definition.ts';

const NOW = Date.UTC(2026, 10, 27, 12);
const THREE = Date.UTC(2026, 10, 28, 3);
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

test.each<[string, ScheduleMemo, number, number[]]>([
  ['the next as it was told', memo(), 1, [TOLD]],
  ['several are computed', memo(), 2, [THREE, THREE + 86_400_000]],
  ['what was told is over', memo({}, NOW), 1, [THREE]],
  ['nothing was told', memo({}, Number.NaN), 1, [THREE]],
  ['paused: what was told may be old', memo({ pause: { atMs: NOW } }), 1, [THREE]],
  ['some are left out: what was told may be one of them', memo({ skips: [TOLD] }), 1, [THREE]],
  ['finished', memo({ finished: true }), 1, []],
])('next times: %s', (_, known, times, expected) => {
  expect(scheduleLine(known, NOW, times).nextMs).toEqual(expected);
});

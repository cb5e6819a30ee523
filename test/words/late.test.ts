import { expect, test } from 'vitest';
import type { Occurrence } from '../../contract/occurrence.ts';
import { latenessMs, sayLate } from '../../words/late.ts';

const AT = Date.UTC(2026, 10, 26, 2);
const waited = { for: 'overlap', with: ['occurrence-a'] } as const;

test.each<[change: Partial<Occurrence>, late: number | null, why: string | null]>([
  [{}, null, null],
  [{ startedMs: AT + 900 }, 900, null],
  [{ startedMs: AT - 5 }, 0, null],
  [{ startedMs: AT + 14_999 }, 14_999, null],
  [{ startedMs: AT + 240_000 }, 240_000, 'moved by 4 min, by chance'],
  [{ startedMs: AT + 3_600_000 }, 3_600_000, 'nobody was there to start it for 1 h 0 min'],
  [
    { startedMs: AT + 1_000, enteredMs: AT + 61_000, waited: { ...waited, with: [...waited.with] } },
    61_000,
    'waited 1 min, since the one before it is not over: occurrence-a',
  ],
  [
    { startedMs: AT + 3_600_000, enteredMs: AT + 3_720_000, waited: { ...waited, with: [...waited.with] } },
    3_720_000,
    'nobody was there to start it for 1 h 0 min; waited 2 min, since the one before it is not over: occurrence-a',
  ],
  [{ startedMs: AT + 3_600_000, trigger: 'missed' }, 3_600_000, 'started by hand 1 h 0 min later'],
  [{ startedMs: AT + 3_600_000, trigger: 'backfill' }, 3_600_000, 'started by hand 1 h 0 min later'],
  [{ startedMs: AT + 100, trigger: 'run-now' }, 100, null],
])('%j', (change, late, why) => {
  const occurrence: Occurrence = { workflowId: 'o', trigger: 'plan', plannedMs: AT, ...change };
  expect([latenessMs(occurrence), sayLate(occurrence, 300_000)]).toEqual([late, why]);
});

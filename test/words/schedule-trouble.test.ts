import { describe, expect, test } from 'vitest';
import type { ScheduleProblem } from '../../contract/schedule.ts';
import { sayMoreSchedules, sayScheduleTrouble } from '../../words/schedule-trouble.ts';

const atMs = Date.UTC(2026, 10, 26, 2);

/** By what is wrong, so that the compiler asks for each member of the union. */
const SAYS: { [P in ScheduleProblem['problem']]: [Extract<ScheduleProblem, { problem: P }>, string] } = {
  'did-not-fire': [
    { problem: 'did-not-fire', dueMs: atMs },
    'Schedule nightly did not fire: it was due at 2026-11-26 02:00:00 UTC, and nothing has begun. An occurrence needs a daemon that lives; this goes away when the next one begins.',
  ],
  'bad-ends': [
    { problem: 'bad-ends', inARow: 3, reason: 'attempt 3 of 3 failed:\n no credits' },
    'Schedule nightly has ended badly 3 times in a row, the last time: attempt 3 of 3 failed: no credits. `tinyscheduler schedule history nightly` tells of each.',
  ],
  'not-kept': [
    { problem: 'not-kept', text: 'invalid schedule spec' },
    'Schedule nightly is not in force: the Temporal server does not take it (invalid schedule spec). `tinyscheduler schedule edit nightly` changes it.',
  ],
  missed: [
    { problem: 'missed', count: 2, newestMs: atMs },
    'Schedule nightly has missed 2 times, the newest at 2026-11-26 02:00:00 UTC. `tinyscheduler schedule missed` lists them, and runs or leaves out each.',
  ],
};

test.each(Object.values(SAYS))('%j', (trouble, says) => {
  expect(sayScheduleTrouble({ schedule: 'nightly', trouble })).toBe(says);
});

test('a reason is of any length', () => {
  const trouble = { problem: 'bad-ends', inARow: 3, reason: 'x'.repeat(10_000) } as const;
  expect(sayScheduleTrouble({ schedule: 'nightly', trouble }).length).toBeLessThan(500);
});

describe('those that are not told of', () => {
  test.each([
    [1, '1 more schedule is in trouble; `tinyscheduler schedule list` tells which.'],
    [40, '40 more schedules are in trouble; `tinyscheduler schedule list` tells which.'],
  ])('%i', (count, says) => {
    expect(sayMoreSchedules(count)).toBe(says);
  });
});

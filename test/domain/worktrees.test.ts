import { expect, test } from 'vitest';
import { beyondKept } from '../../domain/worktrees.ts';

const DAY = 24 * 3_600_000;
const NOW = 100 * DAY;
const usedDaysAgo = (...days: number[]) => days.map((ago) => ({ usedAtMs: NOW - ago * DAY }));

test.each([
  ['none', [], 2, 14, []],
  ['as many as stay', [1, 2], 2, 14, []],
  ['one more: the longest unused', [1, 3, 2], 2, 14, [3]],
  ['too old, though few', [1, 15], 20, 14, [15]],
  ['exactly as old as stays', [14], 20, 14, []],
  ['both, the oldest first', [20, 1, 2, 3, 30], 3, 14, [30, 20]],
  ['of a clock that went back', [-1, 1], 1, 14, [1]],
])('%s', (_, days, keep, keepDays, beyond) => {
  expect(beyondKept(usedDaysAgo(...days), { keep, keepDays }, NOW)).toEqual(usedDaysAgo(...beyond));
});

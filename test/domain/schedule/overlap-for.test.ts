import { expect, test } from 'vitest';
import { overlapFor } from '../../../domain/schedule/overlap-for.ts';

test.each([
  ['plan', 'skip', 'skip'],
  ['run-now', 'skip', 'skip'],
  ['run-now', 'cancel', 'cancel'],
  ['backfill', 'skip', 'in-turn'],
  ['backfill', 'buffer', 'in-turn'],
  ['missed', 'cancel', 'in-turn'],
  ['backfill', 'allow', 'allow'],
] as const)('one by %s, where the policy is %s, is let in by %s', (trigger, overlap, by) => {
  expect(overlapFor(trigger, overlap)).toBe(by);
});

import { describe, expect, test } from 'vitest';
import { causeKey, sayCauses } from '../../domain/cause.ts';

describe('causes', () => {
  test.each([
    [
      'goose has used 52103 tokens, more than the 50000 that it may use',
      'goose has used 730 tokens, more than the 500 that it may use',
    ],
    ['attempt 2 of 2 failed: looping', 'attempt 10 of 12 failed: looping'],
    ['it has open subtasks (12)', 'it has open subtasks (7)'],
    ['silent for 1.5 s', 'silent for 12,345 s'],
  ])('%s: the same as %s', (one, other) => {
    expect(causeKey(one)).toBe(causeKey(other));
  });

  test.each([
    ['no recipe for agent-1', 'no recipe for agent-2'],
    ['no agent for queue "1"', 'no agent for queue "2"'],
    ['nobody listens at 127.0.0.1:3000', 'nobody listens at 127.0.0.1:3001'],
    ['goose 1.52.0 is too old', 'goose 1.52.1 is too old'],
    ['stopped at 03:00', 'stopped at 04:00'],
    ['no key', 'no quota'],
  ])('%s: another one than %s', (one, other) => {
    expect(causeKey(one)).not.toBe(causeKey(other));
  });

  test('are said together: a figure that all have stays', () => {
    const of = (used: number) => `goose has used ${used} tokens, more than the 500 that it may use`;
    expect(sayCauses([of(512), of(730), of(512)])).toBe(
      'goose has used … tokens, more than the 500 that it may use',
    );
    expect(sayCauses([of(512), of(512)])).toBe(of(512));
    expect(sayCauses([of(512)])).toBe(of(512));
  });
});

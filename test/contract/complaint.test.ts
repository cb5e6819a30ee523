import { expect, test } from 'vitest';
import { complaintAbout, STANDS_FOR_MS, standing, withComplaint } from '../../contract/complaint.ts';

test.each([
  [5_000, 'agent ada was sent set-limit with 5000, and did nothing: it must be less'],
  ['x', 'agent ada was sent set-limit with "x", and did nothing: it must be less'],
  [undefined, 'agent ada was sent set-limit with nothing, and did nothing: it must be less'],
])('%j', (content, says) => {
  expect(
    complaintAbout({ signal: 'set-limit', to: 'agent ada', content, problem: 'must be less' }, 0).says,
  ).toBe(says);
});

test('it quotes no more than the beginning', () => {
  expect(
    complaintAbout({ signal: 'set-limit', to: 'a', content: 'x'.repeat(9_000_000), problem: 'p' }, 0).says
      .length,
  ).toBeLessThan(150);
});

test('one for each signal, for a while', () => {
  const about = (signal: string, content: number, atMs: number) =>
    complaintAbout({ signal, to: 'a', content, problem: 'p' }, atMs);
  let kept = withComplaint([], 'x', about('x', 1, 0));
  kept = withComplaint(kept, 'y', about('y', 2, 5));
  kept = withComplaint(kept, 'x', about('x', 3, 9));
  const told = (nowMs: number) => standing(kept, nowMs).map(({ says }) => says);
  expect(told(9)).toEqual([expect.stringContaining('y with 2'), expect.stringContaining('x with 3')]);
  expect(told(STANDS_FOR_MS + 5)).toEqual([expect.stringContaining('x with 3')]);
  expect(withComplaint(kept, 'x').map(({ signal }) => signal)).toEqual(['y']);
  expect(standing(undefined, 0)).toEqual([]);
});

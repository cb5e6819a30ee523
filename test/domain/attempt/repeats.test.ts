import { describe, expect, test } from 'vitest';
import { Repeats, UNREADABLE } from '../../../domain/attempt/repeats.ts';

const circleOf = (calls: string[], most = 3) => {
  const repeats = new Repeats(most);
  for (const call of calls) repeats.made(call);
  return repeats.circle;
};
const times = (count: number, ...calls: string[]) => Array.from({ length: count }, () => calls).flat();

describe('three of the same call', () => {
  test.each<[string, string[], ReturnType<typeof circleOf>]>([
    ['no call', [], undefined],
    ['two', ['a', 'a'], undefined],
    ['in a row', ['a', 'a', 'a'], 'same-call'],
    ['in turn with another', times(3, 'a', 'b'), 'same-call'],
    ['in turn with two others', times(3, 'a', 'b', 'c'), 'same-call'],
    ['with something new after each', ['edit 1', 'test', 'edit 2', 'test', 'edit 3', 'test'], undefined],
    ['after something new', ['a', 'a', 'new', 'a', 'a'], undefined],
    ['after something new, again', ['a', 'a', 'new', 'a', 'a', 'a'], 'same-call'],
    ['never the same', ['1', '2', '3', '4', '5'], undefined],
    ['that could not be read', times(3, UNREADABLE), 'unreadable-calls'],
    ['some of which could not be read', [UNREADABLE, 'a', UNREADABLE, 'a', UNREADABLE], undefined],
    [
      'that could not be read, in turn with a known one',
      ['a', ...times(3, UNREADABLE, 'a')],
      'unreadable-calls',
    ],
    ['and what follows changes nothing', ['a', 'a', 'a', 'new'], 'same-call'],
  ])('%s', (_, calls, circle) => {
    expect(circleOf(calls)).toBe(circle);
  });
});

test('0 finds nothing', () => {
  expect(circleOf(times(1_000, 'a'), 0)).toBeUndefined();
});

test('what was forgotten counts as new, so that a long run costs no more than a short one', () => {
  const many = Array.from({ length: 2_000 }, (_, index) => `call ${index}`);
  const last = many.slice(-1);
  expect(circleOf([...many, ...last, ...many.slice(-2), ...last])).toBe('same-call');
  // By now `a` is forgotten, so it begins the count anew.
  expect(circleOf(['a', ...many, ...last, 'a', ...last])).toBeUndefined();
});

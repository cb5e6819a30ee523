import { expect, test } from 'vitest';
import { LookRests } from '../../../client/cli/show/look-rests.ts';

/** The rests after looks that showed these texts; `!`: something has happened in between. */
function restsAfter(looks: string[], isTold = true): number[] {
  const rests = new LookRests();
  return looks.map((look) => {
    if (look === '!') rests.startAnew();
    else rests.looked(look);
    return rests.nextMs(isTold) / 1_000;
  });
}

test.each([
  ['what changes is looked at each second', ['a', 'b', 'c', 'd', 'e', 'f'], [1, 1, 1, 1, 1, 1]],
  [
    'what does not is looked at less and less often, up to a bound',
    ['a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'],
    [1, 1, 1, 1, 2, 4, 8, 8],
  ],
  ['a change begins anew', ['a', 'a', 'a', 'a', 'a', 'a', 'b', 'b'], [1, 1, 1, 1, 2, 4, 1, 1]],
  ['so does what has happened', ['a', 'a', 'a', 'a', 'a', 'a', '!', 'a'], [1, 1, 1, 1, 2, 4, 1, 1]],
])('%s', (_rule, looks, seconds) => {
  expect(restsAfter(looks)).toEqual(seconds);
});

test('only what is new is to be drawn', () => {
  const rests = new LookRests();
  expect(['a', 'a', 'b', 'a'].map((shown) => rests.looked(shown))).toEqual([true, false, true, true]);
});

test('where nobody tells of news it is looked for each second', () => {
  expect(restsAfter(['a', 'a', 'a', 'a', 'a', 'a', 'a'], false)).toEqual([1, 1, 1, 1, 1, 1, 1]);
});

import { expect, test } from 'vitest';
import { LookRests } from '../../../client/cli/show/look-rests.ts';

/** The rests after looks that showed these texts; `!`: something has happened in between. */
function restsAfter(looks: string[], isTold = true): number[] {
  const rests = new LookRests();
  return looks.map((look) => {
    if (look === '!') rests.news(0);
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

test.each([
  ['it is looked soon after what happens', [0], 5_000, 250],
  ['not twice in a second', [0], 300, 700],
  ['from the beginning of the last look', [0, 1_000], 1_100, 900],
  ['what happened while it was looked is told of soon', [0], 900, 250],
  ['the first time it is looked soon', [], 0, 250],
])('%s', (_rule, begun, atMs, leftMs) => {
  const rests = new LookRests();
  for (const beganMs of begun) rests.begin(beganMs);
  expect(rests.news(atMs)).toBe(leftMs);
});

test('only what is new is to be drawn', () => {
  const rests = new LookRests();
  expect(['a', 'a', 'b', 'a'].map((shown) => rests.looked(shown))).toEqual([true, false, true, true]);
});

test('where nobody tells of news it is looked for each second', () => {
  expect(restsAfter(['a', 'a', 'a', 'a', 'a', 'a', 'a'], false)).toEqual([1, 1, 1, 1, 1, 1, 1]);
});

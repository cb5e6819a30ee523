import { describe, expect, test } from 'vitest';
import { carriedAnswers, type KeptAnswer, withAnswer } from '../../contract/answers.ts';

const answer = (id: number, text = ''): KeptAnswer => ({
  id: String(id),
  answer: { state: 'answered', result: { text } },
});
const all = (count: number, text = '') =>
  Array.from({ length: count }, (_, n) => answer(n, text)).reduce<KeptAnswer[]>(withAnswer, []);

describe('answers', () => {
  test('of as many as ask at a time are kept, however large', () => {
    const kept = all(1_000, 'x'.repeat(20_000));
    expect(kept.map(({ id }) => Number(id))).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
  });

  test('of long ago are not', () => {
    const kept = all(2_500);
    expect([kept.length, kept[0]?.id, kept.at(-1)?.id]).toEqual([2_000, '500', '2499']);
  });

  test.each([
    ['x'.repeat(20_000), 9],
    ['語'.repeat(20_000), 3],
    ['語'.repeat(400_000), 0],
    ['', 1_000],
  ])('go along as far as they fit', (text, count) => {
    const carried = carriedAnswers(all(1_000, text));
    expect(carried.map(({ id }) => Number(id))).toEqual(
      Array.from({ length: count }, (_, n) => 1_000 - count + n),
    );
    expect(Buffer.byteLength(JSON.stringify(carried))).toBeLessThan(201_000);
  });
});

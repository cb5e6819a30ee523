import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KeptAnswer, stillKept, WISH_ID, withAnswer } from '../../contract/answers.ts';
import { WrongShape } from '../../contract/shape.ts';

const kept = (id: string, change: { atMs?: number; bytes?: number } = {}): KeptAnswer => ({
  ...{ id, atMs: change.atMs ?? 0 },
  answer: { state: 'answered', result: 'x'.repeat(change.bytes ?? 1) },
});
const idsOf = (answers: readonly KeptAnswer[]) => answers.map(({ id }) => id);
const keepAll = (answers: readonly KeptAnswer[]) => answers.reduce<KeptAnswer[]>(withAnswer, []);

describe('answers are kept', () => {
  test('the newest 300, oldest first', () => {
    const all = Array.from({ length: 305 }, (_, at) => kept(`a-${at}`));
    expect(idsOf(keepAll(all))).toEqual(idsOf(all.slice(5)));
  });

  test('up to 200 KB in all, and the newest one whatever its size', () => {
    const large = [1, 2, 3, 4].map((n) => kept(`large-${n}`, { bytes: 66_000 }));
    expect(idsOf(keepAll(large))).toEqual(['large-2', 'large-3', 'large-4']);
    expect(idsOf(keepAll([...large, kept('huge', { bytes: 300_000 })]))).toEqual(['huge']);
    expect(idsOf(keepAll([kept('huge', { bytes: 300_000 }), kept('small')]))).toEqual(['small']);
  });

  test('always the newest one, in their order, and never more than fits', () => {
    const anyAnswers = fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(anyAnswers, (sizes) => {
        const all = sizes.map((bytes, at) => kept(`a-${at}`, { bytes }));
        const left = keepAll(all);
        expect(left.at(-1)).toEqual(all.at(-1));
        expect(idsOf(left)).toEqual(idsOf(all.filter((each) => left.includes(each))));
        expect(left.length === 1 || JSON.stringify(left).length < 201_000).toBe(true);
      }),
    );
  });

  test('for five minutes', () => {
    const all = [kept('old', { atMs: 0 }), kept('young', { atMs: 2 })];
    expect(idsOf(stillKept(all, 300_000))).toEqual(['old', 'young']);
    expect(idsOf(stillKept(all, 300_001))).toEqual(['young']);
    // Of a version that did not note when.
    const { atMs: _, ...untold } = kept('untold');
    expect(stillKept([untold as KeptAnswer], 1)).toEqual([]);
  });
});

test.each(['a', '0c7b1c1e-6f1a-4f2e-9d6e-1f0f3f1f2a3b', 'x'.repeat(100)])('an id: %s', (id) => {
  expect(WISH_ID(id)).toBe(id);
});

test.each([undefined, null])('no id, from a person: %s', (id) => {
  expect(WISH_ID(id)).toBeUndefined();
});

test.each(['', 'x'.repeat(101), 'a b', 'a\n', '../x', 7, {}, ['a'], true])('not an id: %j', (id) => {
  expect(() => WISH_ID(id)).toThrow(WrongShape);
});

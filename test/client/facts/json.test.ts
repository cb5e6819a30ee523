import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factsOf, textOfFacts } from '../../../client/facts/json.ts';

const back = (facts: unknown) => factsOf(textOfFacts(facts));

test.each([
  ['nothing', undefined],
  ['null', null],
  ['no number', Number.NaN],
  ['no end', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ['zero below zero', [-0, 0]],
  ['a large id', [Number.MAX_SAFE_INTEGER, 999_999_999_999_999]],
  ['absent and undefined are two', [{ a: undefined }, {}, [undefined, null]]],
  [
    'an undefined that was written out',
    [{ $: 'undefined' }, { $: [] }, { $: { $: 1 } }, { $: undefined, b: 2 }],
  ],
  [
    'keys of somebody else',
    [{ constructor: 1, toString: 2 }, JSON.parse('{"__proto__": {"$": "NaN", "b": 1}}')],
  ],
  ['half a pair', '\ud800 \u2028 \u0000'],
])('%s comes back as it was', (_, facts) => {
  expect(back(facts)).toStrictEqual(facts);
});

test('whatever facts are made of comes back as it was', () => {
  const facts = fc.anything({
    withNullPrototype: false,
    key: fc.oneof(fc.string(), fc.constantFrom('$', '__proto__')),
  });
  fc.assert(
    fc.property(facts, (each) => {
      expect(back(each)).toStrictEqual(each);
    }),
  );
});

test.each(['{"$":"Date"}', '{"$":1}', '{"$":null}', '{', ''])('%s is none of ours', (text) => {
  expect(() => factsOf(text)).toThrow(SyntaxError);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, cutTexts, firstOf } from '../../domain/cut.ts';

const bytes = (text: string) => new TextEncoder().encode(JSON.stringify(text)).length - 2;

test.each([
  ['what fits stays', 'dev', { chars: 3, bytes: 3 }, 'dev'],
  ['too many characters', 'abcdef', { chars: 3, bytes: 100 }, 'abc…'],
  ['too many bytes', 'äöüßé', { chars: 100, bytes: 8 }, 'äö…'],
  ['never within a character', '🪿🪿🪿', { chars: 2, bytes: 100 }, '🪿🪿…'],
  ['what is written as an escape', '\u0001\u0002\u0003', { chars: 100, bytes: 16 }, '\u0001\u0002…'],
  ['half a character', 'a\ud83d', { chars: 9, bytes: 90 }, 'a\ufffd'],
  ['nothing', '', { chars: 1, bytes: 1 }, ''],
])('%s', (_what, text, room, expected) => {
  expect(cut(text, room)).toBe(expected);
});

test('whatever is cut fits, and begins as it began', () => {
  const room = fc.record({ chars: fc.integer({ min: 1, max: 40 }), bytes: fc.integer({ min: 3, max: 90 }) });
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), room, (text, limits) => {
      const kept = cut(text, limits);
      expect([...kept].length).toBeLessThanOrEqual(limits.chars + 1);
      expect(bytes(kept)).toBeLessThanOrEqual(limits.bytes);
      expect(kept === text || text.startsWith(kept.slice(0, -1))).toBe(true);
    }),
  );
});

test('of data only the texts are cut', () => {
  const data = { n: 1, none: null, yes: true, list: [{ text: 'abcdef' }, 'ab'], absent: undefined };
  expect(cutTexts(data, { chars: 3, bytes: 99 })).toEqual({ ...data, list: [{ text: 'abc…' }, 'ab'] });
});

describe('of many sentences the first', () => {
  test.each([
    [['a', 'b'], 2, ['a', 'b']],
    [['a', 'b', 'c', 'd'], 2, ['a', 'b', 'and 2 more of this kind']],
  ])('%j, %i', (sentences, most, expected) => expect(firstOf(sentences, most)).toEqual(expected));
});

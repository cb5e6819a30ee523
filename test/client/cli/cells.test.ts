import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { cut, cutInside, pad, printable, visible, width } from '../../../client/cli/show/cells.ts';
import { HOSTILE } from '../../support/hostile-texts.ts';
import { processorMs } from '../../support/processor-time.ts';

test.each([
  ['plain text', 'plain text'],
  [' spaces around ', 'spaces around'],
  ['line\nbreaks\r\nand\ttabs', 'line breaks and tabs'],
  ['\u001b[2J\u001b]0;x\u0007hi', '�[2J�]0;x�hi'],
  ['\u009b2J', '�2J'],
  ['a\u202eb\u2066c', 'a�b�c'],
  ['zero\u200b\u200bwidth', 'zero�width'],
  ['a\u200db', 'a�b'],
  ['half \ud83d', 'half �'],
  ['👩‍👩‍👧‍👦 👩🏽‍💻 ❤️ 🇩🇪', '👩‍👩‍👧‍👦 👩🏽‍💻 ❤️ 🇩🇪'],
  ['עברית العربية 漢字 é e\u0301', 'עברית العربية 漢字 é e\u0301'],
  [`e${'\u0301'.repeat(100)}`, `e${'\u0301'.repeat(4)}`],
])('%j is shown as %j', (text, shown) => expect(printable(text)).toBe(shown));

test.each([
  ['abc', 3],
  ['漢字', 4],
  ['👩‍👩‍👧‍👦', 2],
  ['❤️', 2],
  ['e\u0301', 1],
  ['🇩🇪', 2],
])('%s takes %i columns', (text, columns) => expect(width(text)).toBe(columns));

describe('cutting', () => {
  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 4, 'abc…'],
    ['漢字漢字', 5, '漢字…'],
    ['漢字漢字', 4, '漢…'],
    ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3, '👩‍👩‍👧‍👦…'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('%s to %i columns: %s', (text, columns, shown) => expect(cut(text, columns)).toBe(shown));

  test('inside keeps the end, which says what is the matter', () => {
    expect(cutInside('Task 1 "a very, very, very long title" added.', 30)).toBe(
      'Task 1 "a very, ver…le" added.',
    );
  });
});

const anyText = fc
  .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom(...Object.values(HOSTILE))), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

test('whatever the text, it is cut and filled to the columns', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 0, max: 200 }), (text, columns) => {
      const shown = visible(text);
      expect(width(cut(shown, columns))).toBeLessThanOrEqual(columns);
      expect(width(cutInside(shown, columns + 3))).toBeLessThanOrEqual(columns + 3);
      expect(width(pad(shown, columns))).toBe(columns);
      expect(cut(shown, columns).length).toBeLessThanOrEqual(columns * 24);
      expect(visible(shown)).toBe(shown);
    }),
    { numRuns: 300 },
  );
});

test('a text of 1 MB is cut at once', () => {
  const texts = ['漢字🪿'.repeat(250_000), 'x'.repeat(1_000_000), '👩\u200d'.repeat(300_000)];
  const tookMs = processorMs(() => {
    for (const text of texts) cutInside(visible(text), 2_000);
  });
  expect(tookMs).toBeLessThan(3_000);
});

test('what is measured without asking a table of all characters has the width that the table tells', () => {
  const all = Array.from({ length: 0x2fff }, (_, code) => String.fromCharCode(code));
  // An accent is no plain text, so nothing after it is measured by counting.
  const own = all.filter((character) => width(`${character}a`) === 2 && visible(character) === character);
  expect(own.length).toBeGreaterThan(600);
  for (const character of own) expect([character, stringWidth(character)]).toEqual([character, 1]);
  for (const character of ['\u00ad', '\u0301', '\u200b', '\u200d', '\u2028', '\u202e'])
    expect(width(`a${character}`)).toBe(stringWidth(`a${character}`));
});

test.each([0, 1, 2, 3, 5, 8])('text with dashes is cut to %i columns where text of letters is', (columns) => {
  const [plain, wide] = ['Größe – “neun”…', 'Größe – 漢字'];
  expect(cut(plain, columns)).toBe(columns === 0 ? '' : `${plain.slice(0, columns - 1)}…`);
  for (const text of [plain, wide]) {
    expect(stringWidth(cut(text, columns))).toBeLessThanOrEqual(columns);
    expect(stringWidth(cutInside(text, columns + 1))).toBeLessThanOrEqual(columns + 1);
  }
  const end = Math.floor((columns + 1) / 3);
  expect(cutInside(plain, columns + 1)).toBe(
    `${plain.slice(0, columns - end)}…${plain.slice(plain.length - end)}`,
  );
});

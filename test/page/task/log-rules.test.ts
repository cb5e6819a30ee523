import { describe, expect, test } from 'vitest';
import { lastWritten, PLAIN, readLine } from '../../../page/parts/terminal.ts';
import {
  hasRoom,
  lineAt,
  linesOf,
  MOST_BLOCKS,
  placeIn,
  sayBytes,
  withBlock,
  withLast,
} from '../../../page/views/task/log/blocks.ts';
import { splitAt } from '../../../page/views/task/log/highlight.ts';
import { HOSTILE } from '../../support/hostile-texts.ts';

const textOf = (line: string) =>
  readLine(line, PLAIN)
    .spans.map(({ text }) => text)
    .join('');

describe('a line of a log', () => {
  test.each([
    ['plain', 'hello', 'hello'],
    ['colours', '\u001b[31mred\u001b[0m plain', 'red plain'],
    ['moves and clears', 'a\u001b[2J\u001b[1;1Hb\u001b[Kc', 'abc'],
    ['a title', '\u001b]0;rm -rf\u0007hi', 'hi'],
    ['the clipboard', '\u001b]52;c;cm0=\u001b\\hi', 'hi'],
    ['a link', '\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['device strings', 'a\u001bP1;2|abc\u001b\\b\u001b_x\u001b\\c', 'abc'],
    ['a charset, a reset', '\u001b(Ba\u001bcb', 'ab'],
    ['one that does not end', 'a\u001b]0;the rest stays', 'a␛]0;the rest stays'],
    ['one that is cut', 'a\u001b[31', 'a␛[31'],
    ['escapes in one character', 'a\u009b2Jb', 'a⟨U+009B⟩2Jb'],
    ['the direction of writing', 'a\u202egnp.exe\u2066b\u200f', 'a⟨U+202E⟩gnp.exe⟨U+2066⟩b⟨U+200F⟩'],
    ['what takes no room', 'a\u200bb\ufeffc\u{e0061}d', 'a⟨U+200B⟩b⟨U+FEFF⟩c⟨U+E0061⟩d'],
    ['controls', 'a\u0000b\u0008c\u007f', 'a␀b␈c␡'],
    ['lines within it', 'a\u2028b\u0085c', 'a⟨U+2028⟩b⟨U+0085⟩c'],
    ['a tabulator', 'a\tb', 'a\tb'],
    ['half a character', 'a\ud83db', 'a⟨U+D83D⟩b'],
    ['a family', '👩\u200d👧', '👩\u200d👧'],
    ['marks above marks', `e${'\u0301'.repeat(500)}x`, `e${'\u0301'.repeat(4)}x`],
  ])('%s', (_, line, shown) => {
    expect(textOf(line)).toBe(shown);
  });

  test.each(Object.entries(HOSTILE))('nothing of what %s is left to harm', (_, text) => {
    for (const line of text.split('\n'))
      expect(textOf(lastWritten(line))).not.toMatch(
        /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2060-\u206f\u200b\ufeff]/u,
      );
  });

  test('what was coloured stays so until it is taken back, over lines', () => {
    const first = readLine('a\u001b[1;31mb', PLAIN);
    expect(first.spans.map(({ text, style }) => [text, style.bold, style.color])).toEqual([
      ['a', false, null],
      ['b', true, 1],
    ]);
    const next = readLine('c\u001b[22md\u001b[39me\u001b[94mf\u001b[mg', first.style);
    expect(next.spans.map(({ text, style }) => [text, style.bold, style.color])).toEqual([
      ...[
        ['c', true, 1],
        ['d', false, 1],
        ['e', false, null],
        ['f', false, 4],
        ['g', false, null],
      ],
    ]);
  });

  test.each([
    ['38;5;3', 3],
    ['38;5;200', null],
    ['38;2;1;2;3', null],
    ['48;5;1', null],
    ['31;48;2;1;2;31', 1],
    ['999', null],
  ])('the colour of %s', (codes, color) => {
    expect(readLine(`\u001b[${codes}mx`, PLAIN).style.color).toBe(color);
  });

  test('thousands of colours are few pieces', () => {
    const { spans } = readLine('\u001b[31mx\u001b[32my'.repeat(5_000), PLAIN);
    expect(spans.length).toBeLessThan(500);
  });

  test.each([
    ['done\r', 'done'],
    ['10%\r20%\r100%', '100%'],
    ['10%\r100%\r', '100%'],
    ['plain', 'plain'],
    ['', ''],
  ])('of %o is shown what was written last', (line, shown) => {
    expect(lastWritten(line)).toBe(shown);
  });
});

describe('the window on a log', () => {
  const block = (from: number, text = 'x\n') => ({ from, to: from + 2, text });

  test('it never holds more than so many parts, whichever way it moves', () => {
    let blocks = [block(1_000)];
    for (let at = 1; at < 20; at += 1) blocks = withBlock(blocks, block(1_000 + at * 2), 'end');
    expect([blocks.length, blocks[0]?.from, blocks.at(-1)?.from]).toEqual([MOST_BLOCKS, 1_024, 1_038]);
    for (let at = 1; at < 20; at += 1) blocks = withBlock(blocks, block(1_024 - at * 2), 'start');
    expect([blocks.length, blocks[0]?.from, blocks.at(-1)?.from]).toEqual([MOST_BLOCKS, 986, 1_000]);
    expect(withBlock(blocks, { from: 5, to: 5, text: '' }, 'end')).toEqual(blocks);
    expect(withLast(blocks, block(7)).at(-1)?.from).toBe(7);
  });

  test.each([
    ['half a line', { from: 0, to: 60_000, text: 'x'.repeat(60_000) }, true],
    ['few lines', { from: 0, to: 10, text: 'x\n'.repeat(5) }, true],
    ['many bytes', { from: 0, to: 60_001, text: `${'x'.repeat(60_000)}\n` }, false],
    ['many lines', { from: 0, to: 400, text: '\n'.repeat(400) }, false],
  ])('a part with %s is read again: %o', (_, part, expected) => {
    expect(hasRoom(part)).toBe(expected);
  });

  test('lines know where they begin', () => {
    const part = { from: 100, to: 115, text: 'é🪿\n\nabc\nlast' };
    expect(linesOf(part).map(({ at, text }) => [at, text])).toEqual([
      ...[
        [100, 'é🪿'],
        [107, ''],
        [108, 'abc'],
        [112, 'last'],
      ],
    ]);
    expect([lineAt([part], 109), lineAt([part], 113), lineAt([part], 5)]).toEqual([108, 112, undefined]);
  });

  test.each([
    ['50%', 500],
    ['0', 0],
    ['12', 12],
    ['0.5 k', 500],
    ['2MB', 1_000],
    ['150 %', 1_000],
    ['abc', undefined],
    ['-5', undefined],
    ['', undefined],
  ])('%o of 1,000 bytes', (text, place) => {
    expect(placeIn(text, 1_000)).toBe(place);
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [200_000_000, '200 MB'],
  ])('%i is %s', (bytes, says) => {
    expect(sayBytes(bytes)).toBe(says);
  });

  test('what is found is marked as the search has found it', () => {
    const marked = (text: string, wanted: string) =>
      splitAt(text, wanted)
        .map((part) => (part.isFound ? `[${part.text}]` : part.text))
        .join('');
    expect(marked('an Error, an ERROR', 'error')).toBe('an [Error], an [ERROR]');
    expect(marked('Äpfel', 'ä')).toBe('Äpfel');
    expect(marked('İstanbul error', 'ERROR')).toBe('İstanbul [error]');
    expect(marked('aaa', '')).toBe('aaa');
  });
});

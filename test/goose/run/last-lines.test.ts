import { expect, test } from 'vitest';
import { LastLines } from '../../../goose/run/last-lines.ts';

function linesOf(...chunks: string[]): string[] {
  const last = new LastLines();
  for (const chunk of chunks) last.stdout(Buffer.from(chunk));
  return last.lines();
}

test.each<[string, string, string[]]>([
  ['lines, without empty ones', 'a\n\n  b\r\n', ['a', '  b']],
  ['colours', '\u001b[31mred\u001b[0m', ['red']],
  [
    'titles and links of a terminal',
    '\u001b]0;title\u0007a \u001b]8;;http://x\u0007b\u001b]8;;\u0007',
    ['a b'],
  ],
  ['a sequence that is not ended', 'a\n\u001b[', ['a', '[']],
  ['other control characters, and those that turn the text around', 'a\u0000\u0008\u009b1m\u202eb', ['ab']],
  ['a progress bar: how it stood last', '10 %\r50 %\r100 %\ndone', ['100 %', 'done']],
  ['bytes that are no text', 'a\ufffdb', ['a\ufffdb']],
])('%s', (_, written, lines) => {
  expect(linesOf(written)).toEqual(lines);
});

test('the last of many, each bounded, however they come', () => {
  const many = Array.from({ length: 1000 }, (_, at) => `line ${at}\n`);
  expect(linesOf(...many)).toEqual(many.slice(-15).map((line) => line.trim()));
  expect(linesOf('x'.repeat(1_000_000))[0]).toHaveLength(201);
  expect(linesOf(...Array(3000).fill('😀'))[0]).toBe(`${'😀'.repeat(200)}…`);
});

import stringWidth from 'string-width';
import { expect } from 'vitest';
import { LONGEST_LINE } from '../../client/cli/show/print.ts';

/** What somebody may write into a title, a queue or a name, to make a terminal do or show something. */
export const HOSTILE: Record<string, string> = {
  'clears the screen, sets its title': '\u001b[2J\u001b]0;x\u0007hi',
  'writes to the clipboard': '\u001b]52;c;cm0gLXJmIC8=\u0007hi',
  'is an escape sequence in one character': 'a\u009b2Jb\u009d0;x\u009cc',
  'turns the direction of writing': 'a\u202egnp.exe\u2066b\u2069\u200fc',
  'hides characters': 'a\u200bb\u2060c\ufeffd\u00ade\u3164f\u{e0061}g',
  'makes a line of its own': 'a\nScheduler: running\r\n\u0085task 1 started\u2028b\u2029c',
  'goes back in the line': 'good\rbad\b\b\b\u007f',
  'buries the lines around': `e${'\u0301'.repeat(2_000)}`,
  'is one endless character': '👩\u200d'.repeat(500),
  'is half a character': '\ud83d a \udc00',
  'is long': 'long title '.repeat(9_000),
  'is long and wide': '漢字🪿'.repeat(8_000),
};

/** A terminal obeys none of it: only text and line breaks, and no line that does not end. */
export function expectHarmless(output: string): void {
  const joinsEmoji =
    /(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})/gu;
  const rest = output.replace(joinsEmoji, '').replace(/\n|\ufe0e|\ufe0f/g, '');
  expect(rest).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
  expect(rest).not.toMatch(/\p{Mark}{5}/u);
  for (const line of output.split('\n')) {
    expect(line.length).toBeLessThanOrEqual(LONGEST_LINE * 24);
    expect(stringWidth(line)).toBeLessThanOrEqual(LONGEST_LINE);
  }
}

/** JSON may be as long as it is, and has escapes for all of it. */
export function expectHarmlessJson(output: string): void {
  expect(output.replaceAll('\n', '')).not.toMatch(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u,
  );
}

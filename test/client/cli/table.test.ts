import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import { firstRows, LogPrinter } from '../../../client/cli/show/print.ts';
import { table } from '../../../client/cli/show/table.ts';
import { expectHarmless, HOSTILE } from '../../support/hostile-texts.ts';

const ROWS = [
  ['TASK', 'AGENT', 'POOL', 'WHY'],
  ['42', 'vaela', 'dev', 'blocked by task 41, which nobody has begun yet'],
  ['7', '漢字', '-', ''],
];

describe('a table', () => {
  test('is as wide as it is where there is no terminal', () => {
    expect(table(ROWS)).toBe(
      'TASK  AGENT  POOL  WHY\n42    vaela  dev   blocked by task 41, which nobody has begun yet\n7     漢字   -',
    );
  });

  test('is cut to the terminal, and the end of a sentence stays', () => {
    const [, first = '', second] = table(ROWS, 50).split('\n');
    expect(first).toMatch(/^42 {4}vaela {2}dev {3}blocked.*….*begun yet$/);
    expect(second).toBe('7     漢字   -');
  });

  test('is a few short lines for each row where the terminal is too narrow', () => {
    const lines = table(ROWS, 24).split('\n');
    expect(lines.filter((_, at) => at !== 2)).toEqual([
      ...['TASK 42  AGENT vaela', '  POOL dev'],
      ...['TASK 7  AGENT 漢字', '  POOL -'],
    ]);
    expect(lines[2]).toMatch(/^ {2}blocked.*….*yet$/);
  });

  test.each([10, 20, 24, 40, 43, 80])('fits %i columns whatever is in it', (across) => {
    for (const text of Object.values(HOSTILE)) {
      const shown = table([...ROWS, [text, text, text, text]], across);
      expectHarmless(shown);
      for (const line of shown.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(across);
    }
  });
});

test.each([
  ['a\nb', 3, 'a\nb'],
  ['a\nb\nc', 4, 'a\nb\nc'],
  ['a\nb\nc', 3, 'a\n… and 2 more lines'],
  ['a\nb\nc', 1, 'a\n… and 2 more lines'],
  ['0123456789012345678901234\nb', 3, '0123456789012…8901234\nb'],
])('of %j, %i rows of 21 columns have %j', (text, rows, shown) => {
  expect(firstRows(text, { columns: 21, rows })).toBe(shown);
});

describe('a log', () => {
  /** What is printed of these pieces. */
  async function printed(...pieces: (string | Uint8Array)[]): Promise<string> {
    let out = '';
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((...written: unknown[]) => {
      out += String(written[0]);
      (written.at(-1) as () => void)();
      return true;
    });
    const printer = new LogPrinter();
    for (const piece of pieces) await printer.take(Buffer.from(piece));
    await printer.end();
    spy.mockRestore();
    return out;
  }

  test('is printed line for line, however it comes', async () => {
    expect(await printed('one\ntw', 'o\r\n', '\nlast')).toBe('one\ntwo\n\nlast\n');
    const [first = 0, ...more] = Buffer.from('ü\n');
    expect(await printed(Uint8Array.of(first), Uint8Array.from(more))).toBe('ü\n');
    expect(await printed(Uint8Array.of(0xff, 0x0a, first))).toBe('�\n�\n');
    expect(await printed()).toBe('');
  });

  test('is whole, also where a line has no end', async () => {
    const out = await printed(...Array.from({ length: 40 }, () => 'x'.repeat(65_536)));
    expect(out.replaceAll('\n', '')).toHaveLength(40 * 65_536);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThan(1_100_000);
  });

  test.each(Object.entries(HOSTILE))('moves nothing where it %s', async (_what, text) => {
    const short = text.slice(0, 500);
    expectHarmless(await printed(`${short}\n${short}`));
  });
});

import type { WriteStream } from 'node:tty';
import { visible } from './cells.ts';
import { sayable } from './print.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A part of a line: a text, and how it is to look. It has no other way to the terminal than through `paint`. */
type Span = string | readonly [text: string, style: Style | undefined];
export type StyledLine = readonly Span[];

/** Where lines for people go, with or without something that is redrawn below them. */
export interface Screen {
  /** Whether anything is redrawn; if not, `show` does nothing. */
  redraws: boolean;
  /** What stays: a line, or several, of which those after the first are set in. */
  say(text: string): void;
  /** Redraws what is at the bottom; `draw` is asked again when the terminal changes its size. */
  show(draw: (size: { columns: number; rows: number }) => StyledLine[]): void;
  /** Leaves what was drawn, gives the cursor back, and goes on with plain lines. */
  end(): void;
}

const CODES: Record<Style, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_BELOW = '\x1b[J';
const CLEAR_ALL = '\x1b[2J\x1b[H';
const CLEAR_TO_END = '\x1b[K';

/** A screen on this stream: redrawn in place on a terminal, else plain lines. */
export function openScreen(out: WriteStream, env: Record<string, string | undefined>): Screen {
  const redraws = out.isTTY === true && env.TERM !== 'dumb';
  return redraws ? terminalScreen(out, !env.NO_COLOR) : plainScreen(out);
}

/** The line as the terminal is to get it. Only the sequences that are put in here reach it. */
export function paint(line: StyledLine, colour: boolean): string {
  return line
    .map((span) => {
      const [text, style] = typeof span === 'string' ? [span, undefined] : span;
      return colour && style ? `\x1b[${CODES[style]}m${visible(text)}\x1b[0m` : visible(text);
    })
    .join('');
}

/** Lines of an answer, coloured only where a terminal reads them. */
export function printStyled(lines: readonly StyledLine[], out: WriteStream, colour: boolean): void {
  out.write(`${styledText(lines, colour && out.isTTY === true)}\n`);
}

export function styledText(lines: readonly StyledLine[], colour: boolean): string {
  return lines.map((line) => paint(line, colour)).join('\n');
}

function plainScreen(out: WriteStream): Screen {
  return {
    redraws: false,
    say: (text) => void out.write(`${sayable(text)}\n`),
    show: () => undefined,
    end: () => undefined,
  };
}

/** As terminals had it: one that was just made, or whose other end does not know, says 0. */
function sizeOf({ columns, rows }: WriteStream): { columns: number; rows: number } {
  return { columns: columns || 80, rows: rows || 24 };
}

/** Everything goes out in one write, so that nothing flickers. */
function terminalScreen(out: WriteStream, colour: boolean): Screen {
  let drawn = 0;
  let draw: ((size: { columns: number; rows: number }) => StyledLine[]) | undefined;
  const up = () => (drawn > 0 ? `\x1b[${drawn}A\r` : '\r');
  const frame = () => {
    if (!draw) return '';
    const lines = draw(sizeOf(out)).map((line) => paint(line, colour));
    drawn = lines.length;
    return `${HIDE_CURSOR}${lines.map((line) => `${line}${CLEAR_TO_END}\n`).join('')}${CLEAR_BELOW}`;
  };
  const resized = () => {
    if (!draw) return;
    // Long lines have been wrapped by the terminal: where they begin is not known any more.
    out.write(CLEAR_ALL + frame());
  };
  const giveBack = () => out.write(SHOW_CURSOR);
  out.on('resize', resized);
  process.on('exit', giveBack);
  return {
    redraws: true,
    say(text) {
      const line = sayable(text);
      // Whatever stands in the line already is the terminal's echo of a key, such as `^C`.
      out.write(draw ? `${up()}${CLEAR_BELOW}${line}\n${frame()}` : `\r${CLEAR_TO_END}${line}\n`);
    },
    show(next) {
      const start = up();
      draw = next;
      out.write(start + frame());
    },
    end() {
      if (draw) out.write(SHOW_CURSOR);
      draw = undefined;
      drawn = 0;
      out.off('resize', resized);
      process.off('exit', giveBack);
    },
  };
}

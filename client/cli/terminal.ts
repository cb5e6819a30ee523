import type { WriteStream } from 'node:tty';

/** Where lines for people go, with or without something that is redrawn below them. */
export interface Screen {
  /** Whether anything is redrawn; if not, `show` does nothing. */
  redraws: boolean;
  colour: boolean;
  /** A line that stays. */
  say(line: string): void;
  /** Redraws what is at the bottom; `draw` is asked again when the terminal changes its size. */
  show(draw: (size: { columns: number; rows: number }) => string[]): void;
  /** Leaves what was drawn, gives the cursor back, and goes on with plain lines. */
  end(): void;
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_BELOW = '\x1b[J';
const CLEAR_ALL = '\x1b[2J\x1b[H';
const CLEAR_TO_END = '\x1b[K';

/** A screen on this stream: redrawn in place on a terminal, else plain lines. */
export function openScreen(out: WriteStream, env: Record<string, string | undefined>): Screen {
  // A terminal that was closed is no reason to stop in disorder.
  out.on('error', () => undefined);
  const redraws = out.isTTY === true && env.TERM !== 'dumb';
  return redraws ? terminalScreen(out, !env.NO_COLOR) : plainScreen(out);
}

function plainScreen(out: WriteStream): Screen {
  return {
    redraws: false,
    colour: false,
    say: (line) => void out.write(`${line}\n`),
    show: () => undefined,
    end: () => undefined,
  };
}

/** Everything goes out in one write, so that nothing flickers. */
function terminalScreen(out: WriteStream, colour: boolean): Screen {
  let drawn = 0;
  let draw: ((size: { columns: number; rows: number }) => string[]) | undefined;
  const up = () => (drawn > 0 ? `\x1b[${drawn}A\r` : '\r');
  const frame = () => {
    if (!draw) return '';
    const lines = draw({ columns: out.columns, rows: out.rows });
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
    colour,
    say(line) {
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

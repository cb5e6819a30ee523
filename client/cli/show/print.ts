import { stderr, stdout } from 'node:process';
import { jsonText } from '../../json/json-text.ts';
import { cutInside, pad, printable, visible, width } from './cells.ts';

/**
 * All output of the commands goes through here, and that of `start` through terminal.ts. What goes out is cleaned here,
 * whoever wrote it, and whether a terminal or a pipe reads it.
 */

/** No line is longer, in columns. */
export const LONGEST_LINE = 2_000;
/** A text of somebody else within a sentence, such as a title, takes no more columns. */
const LONGEST_QUOTATION = 120;
const CLEAR_SCREEN = '\x1b[H\x1b[2J';

/** One line of a command's answer. */
export function print(line: string): void {
  stdout.write(`${oneLine(line)}\n`);
}

/** Several lines of an answer, put together by `paragraph`, so that each line break in it is ours. */
export function printLines(text: string, { clearScreen = false } = {}): void {
  stdout.write(`${clearScreen && stdout.isTTY ? CLEAR_SCREEN : ''}${severalLines(text)}\n`);
}

/** Of the terminal that shows the answer; undefined where it is none, or does not tell. */
export function terminalSize(): { columns: number; rows: number } | undefined {
  const { isTTY, columns, rows } = stdout;
  return isTTY && columns > 0 && rows > 0 ? { columns, rows } : undefined;
}

/** As many lines of a text as fit the terminal, each in one row of it, and how many there are more. */
export function firstRows(text: string, { columns, rows }: { columns: number; rows: number }): string {
  const lines = text.split('\n');
  // The cursor stands in a row of its own.
  const room = Math.max(2, rows - 1);
  const shown = lines.length <= room ? lines : lines.slice(0, room - 1);
  const more = lines.length - shown.length;
  const rest = more === 0 ? [] : [`… and ${more} more lines`];
  return [...shown, ...rest].map((line) => cutInside(line, columns)).join('\n');
}

/** A line of a log is broken where it is longer, in code units: it may have no end. */
const LONGEST_LOG_LINE = 1_000_000;

/** Prints a log, line for line and whole, with nothing in it that a terminal would obey. */
export class LogPrinter {
  readonly #decoder = new TextDecoder();
  #rest = '';

  /** Resolves when the bytes are handed on, so that a log of any size needs little memory. */
  async take(bytes: Uint8Array): Promise<void> {
    const lines = `${this.#rest}${this.#decoder.decode(bytes, { stream: true })}`.split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LONGEST_LOG_LINE) lines.push(this.#takeRest());
    if (lines.length > 0) await this.#out(lines);
  }

  /** The last line, which nothing has ended. */
  async end(): Promise<void> {
    const last = `${this.#takeRest()}${this.#decoder.decode()}`;
    if (last !== '') await this.#out([last]);
  }

  #takeRest(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }

  #out(lines: readonly string[]): Promise<void> {
    const text = lines.map((line) => `${visible(line.replace(/\r$/, ''))}\n`).join('');
    return new Promise((resolve) => stdout.write(text, () => resolve()));
  }
}

/** A text of ours whole, as a file that can be read again: its lines are not cut. */
export function printText(text: string): void {
  stdout.write(text.split('\n').map(visible).join('\n'));
}

export function printJson(value: unknown): void {
  stdout.write(`${printedJson(value)}\n`);
}

/** As it is printed, and as it is written to a file that somebody may print. */
export function printedJson(value: unknown): string {
  return jsonText(value, 2);
}

/** What is said beside the answer, so that the answer can be piped. Lines after the first are set in. */
export function say(text: string): void {
  stderr.write(`${sayable(`tinyscheduler: ${text}`)}\n`);
}

/** What commander writes: help and complaints, which quote what was typed. */
export const commanderOutput = {
  writeOut: (text: string) => void stdout.write(severalLines(text)),
  writeErr: (text: string) => void stderr.write(severalLines(text)),
};

/** Lines as one text; whatever breaks a line within one of them does so no more. */
export function paragraph(...each: readonly string[]): string {
  return each.map(oneLine).join('\n');
}

/** The text of somebody else within a sentence: on one line, and cut. */
export function quotation(text: string): string {
  return cutInside(printable(text), LONGEST_QUOTATION);
}

/** A text that may have several lines; who quotes somebody else in it cannot make it look like two of ours. */
export function sayable(text: string): string {
  const [first = '', ...more] = text.split(/\r?\n/);
  return [oneLine(first), ...more.map((line) => oneLine(`  ${line.trim()}`))].join('\n');
}

function oneLine(line: string): string {
  return cutInside(visible(line), LONGEST_LINE).trimEnd();
}

function severalLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

/** Rows as columns of equal width; the first row is the head. The last cell of a row may be as long as a line. */
export function columns(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.slice(0, -1).map(quotation));
  const widths: number[] = [];
  for (const row of cells) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, width(cell));
    });
  }
  const line = (row: readonly string[], last = '') =>
    [...row.map((cell, at) => pad(cell, widths[at] ?? 0)), last].join('  ');
  return paragraph(...cells.map((row, at) => line(row, rows[at]?.at(-1))));
}

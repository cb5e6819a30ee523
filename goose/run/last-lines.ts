import { stripVTControlCharacters } from 'node:util';
import type { OutputReader } from './output.ts';

const KEPT_BYTES = 64 * 1024;
const MOST_LINES = 15;
/** Characters. */
const LONGEST_LINE = 200;

/** The last lines that a program wrote, to stdout and stderr as they came, fit for people: bounded, and without escape sequences. */
export class LastLines implements OutputReader {
  #kept = Buffer.alloc(0);

  stdout(chunk: Buffer): void {
    const all = Buffer.concat([this.#kept, chunk]);
    this.#kept = all.subarray(Math.max(0, all.length - KEPT_BYTES));
  }

  stderr(chunk: Buffer): void {
    this.stdout(chunk);
  }

  /** @param clean takes out what must not be told, before anything is cut */
  lines(clean: (text: string) => string = (text) => text): string[] {
    const text = clean(stripVTControlCharacters(this.#kept.toString('utf8')));
    return plainLines(text).slice(-MOST_LINES);
  }
}

/** The last line of a text with anything in it, fit for people as above; null: there is none. */
export function lastPlainLine(text: string): string | null {
  return plainLines(stripVTControlCharacters(text)).at(-1) ?? null;
}

function plainLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => lineOf(line))
    .filter((line) => line !== '');
}

function lineOf(written: string): string {
  // What a carriage return overwrites is a progress bar.
  const last = written.trimEnd().split('\r').at(-1) ?? '';
  const line = last
    .replace(/\t/g, '  ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trimEnd();
  const chars = [...line];
  return chars.length > LONGEST_LINE ? `${chars.slice(0, LONGEST_LINE).join('')}…` : line;
}

import { wholeCharacters } from './whole-characters.ts';

export interface Cutting {
  mostLines: number;
  /** Which lines stay where there are more. */
  keeps: 'first' | 'last';
  /** The first byte is the first of a line. */
  beginsLine: boolean;
  /** Nothing follows in the log, so that its last line may be without an end. */
  isEnd: boolean;
}

const NEWLINE = 10;

/**
 * From where to where bytes of a log are whole lines. A line that is longer than the bytes is told in parts, of whole
 * characters, so that reading always gets on.
 */
export function wholeLines(bytes: Buffer, cutting: Cutting): [begin: number, end: number] {
  const [first, last] = wholeCharacters(bytes);
  const afterFirst = bytes.indexOf(NEWLINE) + 1;
  const begin = cutting.beginsLine ? 0 : afterFirst > 0 && afterFirst < bytes.length ? afterFirst : first;
  const afterLast = bytes.lastIndexOf(NEWLINE) + 1;
  // What ends where it was asked to (`keeps` the last) ends well: a line begins there, or a part of one.
  const end = cutting.isEnd || cutting.keeps === 'last' || afterLast <= begin ? last : afterLast;
  return cutting.keeps === 'first'
    ? [begin, afterLines(bytes, [begin, end], cutting.mostLines)]
    : [beforeLines(bytes, [begin, end], cutting.mostLines), end];
}

/** Where the first lines of a part end. */
function afterLines(bytes: Buffer, [begin, end]: [number, number], mostLines: number): number {
  let at = begin;
  for (let line = 0; line < mostLines && at < end; line += 1) {
    const next = bytes.indexOf(NEWLINE, at) + 1;
    if (next === 0 || next > end) return end;
    at = next;
  }
  return at;
}

/** Where the last lines of a part begin. */
function beforeLines(bytes: Buffer, [begin, end]: [number, number], mostLines: number): number {
  let at = end;
  for (let line = 0; line < mostLines && at > begin; line += 1) {
    // The end of this line itself is skipped.
    const before = at < 2 ? 0 : bytes.lastIndexOf(NEWLINE, at - 2) + 1;
    at = Math.max(begin, before);
  }
  return at;
}

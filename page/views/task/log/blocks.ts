/** A part of a log that is held: whole lines, but where one is longer than a part. */
export interface Block {
  /** In bytes from the beginning of the log. */
  from: number;
  to: number;
  text: string;
}

export const BLOCK_BYTES = 65_536;
export const BLOCK_LINES = 500;
/** Together with what is drawn of it well below 2 MB. */
export const MOST_BLOCKS = 8;

/** With a part that was read at one end; those at the other end make room. */
export function withBlock(blocks: readonly Block[], block: Block, at: 'start' | 'end'): Block[] {
  if (block.from === block.to) return [...blocks];
  return at === 'start' ? [block, ...blocks].slice(0, MOST_BLOCKS) : [...blocks, block].slice(-MOST_BLOCKS);
}

/** With the last part read again, since it has grown. */
export function withLast(blocks: readonly Block[], block: Block): Block[] {
  return [...blocks.slice(0, -1), block];
}

/** Whether more fits into the last part, so that it is read again rather than followed by a small one. */
export function hasRoom({ from, to, text }: Block): boolean {
  return !text.endsWith('\n') || (to - from < BLOCK_BYTES / 4 && linesIn(text) < BLOCK_LINES / 4);
}

function linesIn(text: string): number {
  return text.split('\n').length;
}

export interface Line {
  /** In bytes from the beginning of the log; a little off after what is no UTF-8. */
  at: number;
  text: string;
}

const ENCODER = new TextEncoder();

/** Its lines, without their ends. */
export function linesOf({ from, text }: Block): Line[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let at = from;
  return lines.map((line) => {
    const here = at;
    at += ENCODER.encode(line).length + 1;
    return { at: here, text: line };
  });
}

/** In which line a place is; undefined: in none of these. */
export function lineAt(blocks: readonly Block[], place: number): number | undefined {
  const block = blocks.find(({ from, to }) => place >= from && place < to);
  return block && linesOf(block).findLast(({ at }) => at <= place)?.at;
}

/** What a person types to get somewhere: `50%`, `12 MB`, `4k`, `123456`; in bytes from the beginning. Undefined: it is none of it. */
export function placeIn(text: string, size: number): number | undefined {
  const [, digits, unit = ''] = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*(%|b|k|kb|m|mb|g|gb)?\s*$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = Number(digits);
  const place = unit === '%' ? (size * value) / 100 : value * (UNITS[unit.toLowerCase()[0] ?? 'b'] ?? 1);
  return Math.round(Math.min(size, place));
}

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 1e3, m: 1e6, g: 1e9 };

/** `0 B`, `12 kB`, `3.4 MB`. */
export function sayBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`;
  const [divisor, unit] = bytes < 1e6 ? [1e3, 'kB'] : bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  const value = bytes / divisor;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

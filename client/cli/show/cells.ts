import stringWidth from 'string-width';

/** What text takes up in a terminal, and text that a terminal shows and does not obey: titles are anybody's. */

/**
 * Whatever moves the cursor, changes colours, turns the direction of writing or is not seen: controls, formats, half
 * surrogate pairs. Only what joins emoji into one and chooses their look stays.
 */
const UNSEEN =
  /(?:(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})|[\ufe0e\ufe0f])|((?:(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])+)/gu;
const BREAKS = /[\t-\r\u0085\u2028\u2029]/;
/** More marks than any script puts on one letter hide the lines above and below. */
const TOO_MANY_MARKS = /(\p{Mark}{4})\p{Mark}+/gu;
/** Each character is seen, is a grapheme of its own, and takes one column: ASCII, Latin letters, dashes, quotes, arrows. */
const PLAIN = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2190-\u2193]*$/;
/** The longest emoji that is one, a family with skin tones, has 19 code units. */
const LONGEST_GRAPHEME = 24;
/** Code units. The time that it takes to find the graphemes grows with the square: 100,000 take a minute. */
const LONGEST_MEASURED = 2_000;

/**
 * The text with nothing in it that a terminal would obey: a line break or tab becomes a space, everything else of that
 * kind `�`. The spaces around it stay.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(UNSEEN, (all, unseen?: string) => (unseen === undefined ? all : BREAKS.test(unseen) ? ' ' : '�'))
    .replace(TOO_MANY_MARKS, '$1');
}

/** In one line, without anything that a terminal would obey, and without spaces around it. */
export function printable(text: string): string {
  return visible(text).trim();
}

/** Columns that the text takes; of a very long one about as many. */
export function width(text: string): number {
  if (PLAIN.test(text)) return text.length;
  const beyond = Math.max(0, text.length - LONGEST_MEASURED);
  return stringWidth(text.slice(0, LONGEST_MEASURED)) + beyond;
}

/** The text in exactly so many columns: filled with spaces, or cut with an ellipsis. */
export function pad(text: string, columns: number): string {
  const short = cut(text, columns);
  return short + ' '.repeat(Math.max(0, columns - width(short)));
}

/** The text in at most so many columns. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (fits(text, columns)) return text;
  return `${begin(text, columns - 1)}…`;
}

/** The text in at most so many columns, with its end: what follows a long quotation says what is the matter. */
export function cutInside(text: string, columns: number): string {
  if (fits(text, columns)) return text;
  const end = Math.floor(columns / 3);
  return `${begin(text, columns - 1 - end)}…${ending(text, end)}`;
}

function fits(text: string, columns: number): boolean {
  if (PLAIN.test(text)) return text.length <= columns;
  return text.length <= longest(columns) && hasNoGiant(text) && stringWidth(text) <= columns;
}

/** The graphemes of its beginning that take at most so many columns. */
function begin(text: string, columns: number): string {
  if (PLAIN.test(text)) return text.slice(0, Math.max(0, columns));
  return take(parts(text.slice(0, longest(columns) + 1)), columns).join('');
}

function ending(text: string, columns: number): string {
  if (PLAIN.test(text)) return text.slice(text.length - columns);
  const last = parts(text.slice(-longest(columns) - 1)).reverse();
  return take(last, columns).reverse().join('');
}

function parts(text: string): string[] {
  return [...segments(text)].map(({ segment }) => segment);
}

let graphemes: Intl.Segmenter | undefined;
/** Made when it is needed: that takes as long as a third of an empty Node.js. */
function segments(text: string): Intl.Segments {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return graphemes.segment(text);
}

/** Not the last one: where the text was cut, it may be a part of one. */
function take(from: readonly string[], columns: number): string[] {
  const taken: string[] = [];
  let left = columns;
  for (const grapheme of from.slice(0, -1)) {
    const shown = grapheme.length > LONGEST_GRAPHEME ? '�' : grapheme;
    left -= width(shown);
    if (left < 0) break;
    taken.push(shown);
  }
  return taken;
}

function hasNoGiant(text: string): boolean {
  if (text.length <= LONGEST_GRAPHEME) return true;
  for (const { segment } of segments(text)) if (segment.length > LONGEST_GRAPHEME) return false;
  return true;
}

/** Code units that are enough for so many columns of any script. */
function longest(columns: number): number {
  return columns * 2 + LONGEST_GRAPHEME;
}

/** What text takes up in a terminal. Task titles are anybody's: they must not move the cursor or change colours. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/g;
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** In one line, without anything that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(CONTROL, ' ').trim();
}

/** Columns that the text takes. */
export function width(text: string): number {
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

/** The text in exactly so many columns: filled with spaces, or cut with an ellipsis. */
export function pad(text: string, columns: number): string {
  const missing = columns - width(text);
  return missing >= 0 ? text + ' '.repeat(missing) : cut(text, columns);
}

/** The text in at most so many columns. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = '';
  let left = columns - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= WIDE.test(segment) ? 2 : 1;
    if (left < 0) break;
    kept += segment;
  }
  return columns > 0 ? pad(`${kept}…`, columns) : '';
}

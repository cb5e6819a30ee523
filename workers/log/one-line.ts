const LONGEST = 600;

// Of the terminal's and the log's control characters none is left, nor what turns the direction of a text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_TEXT = /[\s\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/** A text as one line of at most 600 characters, without control characters. */
export function oneLine(text: string): string {
  const head = text
    .slice(0, 2 * LONGEST)
    .replace(NOT_TEXT, ' ')
    .trim();
  return head.length > LONGEST || text.length > 2 * LONGEST ? `${head.slice(0, LONGEST)}…` : head;
}

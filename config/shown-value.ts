/** Of what a message quotes, in characters. */
export const LONGEST_QUOTE = 60;

/** What a value of a file must be, and what it is, as a clause that goes on from its key. */
export function wanted(what: string, input: unknown): string {
  return input === undefined ? 'is missing' : `must be ${what}, not ${shown(input)}`;
}

export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return shortened(JSON.stringify(value));
}

export function shortened(long: string): string {
  return long.length > LONGEST_QUOTE ? `${long.slice(0, LONGEST_QUOTE)}…` : long;
}

export function quotedKey(key: string): string {
  return JSON.stringify(shortened(key));
}

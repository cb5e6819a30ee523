import { z } from 'zod';

const LONGEST_QUOTE = 60;

// Messages about a value of an entry go on from its key: `limit must be …`.
export const text = z.string({ error: ({ input }) => wanted('a text', input) });

/** A whole number in a range. `meta` is what the JSON Schema says of it, which cannot see into our own checks. */
export function wholeNumber(from: number, to: number) {
  return z
    .custom<number>(
      (value) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
      {
        error: ({ input }) => wanted(`a whole number from ${from} to ${to}`, input),
      },
    )
    .meta({ type: 'integer', minimum: from, maximum: to });
}

export function wanted(what: string, input: unknown): string {
  return input === undefined ? 'is missing' : `must be ${what}, not ${shown(input)}`;
}

export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return shortened(JSON.stringify(value));
}

export function quotedKey(key: string): string {
  return JSON.stringify(shortened(key));
}

function shortened(long: string): string {
  return long.length > LONGEST_QUOTE ? `${long.slice(0, LONGEST_QUOTE)}…` : long;
}

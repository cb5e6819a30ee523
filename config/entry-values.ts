import { z } from 'zod';
import { wanted } from './shown-value.ts';

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

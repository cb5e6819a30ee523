import { z } from 'zod';
import { wanted } from './wanted.ts';
import { isTimeZone, TIME_ZONE_PATTERN } from './zone-days.ts';

export const MOST_TOKENS = 10 ** 12;

const EXAMPLE = '{"tokensPerDay": 200000, "timeZone": "Europe/Berlin"}';

const tokensPerDay = z
  .custom<number>(
    (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_TOKENS,
    { error: ({ input }) => wanted(`a whole number of tokens from 0 to ${MOST_TOKENS}`, input) },
  )
  .meta({ type: 'integer', minimum: 0, maximum: MOST_TOKENS, description: 'Input and output together.' });

const timeZone = z
  .custom<string>((value) => typeof value === 'string' && isTimeZone(value), {
    error: ({ input }) => wanted('the name of a time zone such as Europe/Berlin or UTC', input),
  })
  .meta({
    ...{ type: 'string', maxLength: 64, pattern: TIME_ZONE_PATTERN },
    description: 'Whose days: the name of a time zone such as Europe/Berlin or UTC.',
  });

const shape = { tokensPerDay, timeZone };
export const BUDGET_KEYS = Object.keys(shape);

/** A budget in the control file: `{"tokensPerDay": 200000, "timeZone": "Europe/Berlin"}`. Messages go on from the key. */
export function budgetEntry(description: string) {
  return z
    .object(shape, { error: ({ input }) => wanted(`an object such as ${EXAMPLE}`, input) })
    .meta({ description })
    .optional();
}

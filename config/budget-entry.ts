import { z } from 'zod';
import { MOST_TOKENS } from '../domain/budget.ts';
import { wholeNumber } from './entry-values.ts';
import { wanted } from './shown-value.ts';
import { isTimeZone, TIME_ZONE_PATTERN } from './zone-days.ts';

const EXAMPLE = '{"tokensPerDay": 200000, "timeZone": "Europe/Berlin"}';

const tokensPerDay = wholeNumber(0, MOST_TOKENS).meta({ description: 'Input and output together.' });

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

import { z } from '@hono/zod-openapi';
import type { Note } from '../../contract/by-hand.ts';
import { type Caller, callerName } from '../guard/caller.ts';

/** What each request that changes something takes. */
export const writing = {
  note: z
    .string()
    .trim()
    .min(1)
    .max(1_000)
    .optional()
    .openapi({ description: 'Why; it is kept with who it was, and shown.' }),
  dry_run: z.boolean().optional().openapi({ description: 'Tells what it would do, and changes nothing.' }),
};

/** What goes along with a deed: who it is by the token, whatever the request says, and why. */
export function noteOf(caller: Caller, note: string | undefined): Note {
  return { by: callerName(caller), ...(note !== undefined && { note }) };
}

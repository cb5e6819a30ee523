import { z } from '@hono/zod-openapi';
import type { Caller } from '../guard/caller.ts';

/** The header with which a request makes nothing twice. */
export const idempotencyHeader = {
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'it is not of 1 to 200 characters of ASCII without spaces')
    .optional()
    .openapi({ description: 'The same request with the same key adds nothing twice, within a day.' }),
};

/** Whose keys they are: two callers may have the same. */
export function ownerOf(caller: Caller): string {
  return caller.is === 'token' ? caller.id : caller.is;
}

import { z } from '@hono/zod-openapi';
import { RefusedError } from '../../../contract/api.ts';
import type { ScheduleLine } from '../../../contract/schedule.ts';

type Versioned = Pick<ScheduleLine, 'name' | 'version' | 'createdMs'>;

/** Of the version of a definition. When it was made is in it, since one of the same name that is made anew begins with 1 again. */
export function etagOf({ version, createdMs }: Versioned): string {
  return `"${createdMs.toString(36)}-${version}"`;
}

const TAG = /^(?:W\/)?"[\x21\x23-\x7e]*"$/;
const SHAPE = /^\s*(?:\*|(?:W\/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e]*")*)\s*$/;

/** The header of whoever wants to change what was seen, and nothing else. */
export const ifMatchHeader = {
  'if-match': z
    .string()
    .max(1_000)
    .regex(SHAPE, 'it is neither * nor a list of entity tags such as "mgi1k2-3"')
    .optional()
    .openapi({
      description:
        'The ETag of an answer: nothing is done where the definition is another one by now. * is any version. A weak tag (W/) ' +
        'never matches, as RFC 9110 has it.',
    }),
};

/** @throws RefusedError `precondition-failed` where there is an If-Match that does not name this version */
export function checkIfMatch(headers: Headers, line: Versioned): void {
  const ifMatch = headers.get('if-match')?.trim();
  if (ifMatch === undefined || ifMatch === '*') return;
  const etag = etagOf(line);
  const tags = ifMatch.split(/\s*,\s*/).filter((tag) => TAG.test(tag));
  if (!tags.includes(etag)) throw preconditionFailed(line, ifMatch);
}

export function preconditionFailed(line: Versioned, ifMatch: string): RefusedError {
  return new RefusedError({
    ...{ code: 'precondition-failed', schedule: line.name },
    ...{ ifMatch: ifMatch.slice(0, 200), etag: etagOf(line) },
  });
}

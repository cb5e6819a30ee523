import { z } from '@hono/zod-openapi';
import type { Failure } from '../../contract/errors.ts';
import { sayFailure } from '../../words/errors.ts';
import { factsJson } from './facts.ts';

/** Why one of many could not be done; the others were. */
export const oneFailure = z.strictObject({ code: z.string(), detail: z.string(), facts: z.looseObject({}) });

export function oneFailureJson(failure: Failure): Record<string, unknown> {
  const { code, ...about } = failure;
  return { code, detail: sayFailure(failure), facts: factsJson(about) };
}

import { z } from '@hono/zod-openapi';

/** A failure as RFC 9457 has it; see problem.ts. */
export const problemShape = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    facts: z.record(z.string(), z.unknown()),
    allowed: z.array(z.string()).nullable(),
    next_step: z.string(),
    request_id: z.string(),
  })
  .openapi('Problem');

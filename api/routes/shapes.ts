import { z } from '@hono/zod-openapi';
import { TASK_PHASES } from '../../contract/listings.ts';
import { isoMoment } from '../../domain/iso-moment.ts';
import { nameProblem } from '../../domain/names.ts';

// The shapes of what comes in, and pieces of the shapes of answers.

/** RFC 3339, in UTC. */
export const time = z.string().openapi({ format: 'date-time' });
export const timeOrNull = z.string().nullable().openapi({ format: 'date-time' });
export const count = z.int().min(0);
export const countOrNull = z.int().min(0).nullable();
export const text = z.string();
export const textOrNull = z.string().nullable();
/** Facts of a kind that says which there are, with a sentence. */
export const facts = z.looseObject({});

/** A shape that has a name, or nothing. With `nullable` the document would say that it has to be both. */
export function orNull<Shape extends z.ZodType>(shape: Shape) {
  return z.union([shape, z.null()]);
}

/** A whole number in an address. */
export function whole(min: number, max: number) {
  return z
    .string()
    .regex(/^-?\d{1,15}$/, 'it is no whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .openapi({ type: 'integer', minimum: min, maximum: max });
}

export const MOST_TASK_ID = 999_999_999_999_999;

/** By the rule for names of agents and queues. */
export const name = z
  .string()
  .max(64)
  .superRefine((value, context) => {
    const problem = nameProblem(value);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: `the name ${problem}` });
  })
  .openapi({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });

/** Where a page goes on, as the one before it has said. */
export const cursor = z.string().max(200);

export const taskParams = z.strictObject({ id: whole(1, MOST_TASK_ID) });
export const agentParams = z.strictObject({ name });

/** A time in an address or a body, in milliseconds since the epoch. */
export const moment = z
  .string()
  .max(40)
  .transform((value, context) => {
    const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?$/.test(value)
      ? isoMoment(value)
      : Number.NaN;
    if (ms > 0) return ms;
    context.addIssue({ code: 'custom', message: 'it is no time such as 2026-11-26T18:00:00Z, nor a date' });
    return z.NEVER;
  })
  .openapi({ type: 'string', format: 'date-time' });

/** A truth value in an address. */
export const flag = z
  .enum(['true', 'false'])
  .transform((word) => word === 'true')
  .openapi({ type: 'string', enum: ['true', 'false'] });

export const phase = z.enum(TASK_PHASES);
/** Of tasks in lists: complete ones only where they are asked for. */
export const listedPhase = z.enum([...TASK_PHASES, 'complete']);

export const budget = z
  .looseObject({ tokens_per_day: z.int().nullable(), time_zone: text })
  .openapi('Budget');

export const taskLine = z
  .strictObject({
    task_id: z.int(),
    title: text,
    queue: textOrNull,
    pool: textOrNull,
    agent: textOrNull,
    priority: z.number(),
    added: timeOrNull,
    phase: listedPhase,
    reason: textOrNull,
    still: textOrNull,
    attempt: countOrNull,
    run_since: timeOrNull,
    since: timeOrNull,
    blocked_by: z.array(z.int()),
    cause: textOrNull,
    says: text,
  })
  .openapi('OpenTask');

export const attempt = z
  .strictObject({
    attempt: count,
    run_id: text,
    state: text,
    agent: text,
    host: textOrNull,
    recipe: textOrNull,
    sent: timeOrNull,
    started: timeOrNull,
    ended: timeOrNull,
    verdict: textOrNull,
    reason: textOrNull,
    seconds: z.number().nullable(),
    turns: countOrNull,
    tokens: z.number().nullable(),
    log: textOrNull,
  })
  .openapi('Attempt');

export const schedulerWord = z.enum([
  'running',
  'agents-stopped',
  'paused',
  'disabled',
  'no-daemon',
  'never-started',
]);

/** Sentences about what is wrong now. */
export const problems = z.array(text);

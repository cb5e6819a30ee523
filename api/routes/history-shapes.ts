import { z } from '@hono/zod-openapi';
import { CAME_TO } from '../../contract/came-to.ts';
import { HISTORY_BY } from '../../contract/history.ts';
import { VERDICT_KINDS } from '../../domain/attempt/verdict.ts';
import { nearestZone, zoneOf } from '../../domain/schedule/zone.ts';
import * as shape from './shapes.ts';

export const verdict = z.enum(VERDICT_KINDS);
export const cameTo = z.enum(CAME_TO);
/** Of recipes, as hosts tell them. */
export const recipe = z.string().min(1).max(500);

const timeZone = z
  .string()
  .max(64)
  .superRefine((name, context) => {
    if (zoneOf(name) !== undefined) return;
    const nearest = nearestZone(name);
    const meant = nearest === undefined ? 'such as Europe/Berlin' : `; ${nearest} is one`;
    context.addIssue({ code: 'custom', message: `it is no name of a time zone ${meant}`.replace(' ;', ';') });
  });

const isAfter = ({ since, until }: { since?: number | undefined; until?: number | undefined }) =>
  since === undefined || until === undefined || since < until;
const ORDER = { path: ['until'], message: 'it is not after since' };

export const historyQuery = z
  .strictObject({
    since: shape.moment.optional(),
    until: shape.moment.optional(),
    by: z.enum(HISTORY_BY).optional(),
    time_zone: timeZone.optional(),
    agent: shape.name.optional(),
    pool: shape.name.optional(),
    recipe: recipe.optional(),
    verdict: verdict.optional(),
    came_to: cameTo.optional(),
    recent: shape.whole(0, 100).optional(),
  })
  .refine(isAfter, ORDER);

export const runsQuery = z
  .strictObject({
    since: shape.moment.optional(),
    until: shape.moment.optional(),
    agent: shape.name.optional(),
    pool: shape.name.optional(),
    recipe: recipe.optional(),
    verdict: verdict.optional(),
    came_to: cameTo.optional(),
    limit: shape.whole(1, 1_000).optional(),
    cursor: shape.cursor.optional(),
  })
  .refine(isAfter, ORDER);

export const runsAnswer = z
  .strictObject({
    runs: z.array(
      z.strictObject({
        task_id: z.int(),
        run_id: shape.text,
        agent: shape.textOrNull,
        queue: shape.textOrNull,
        pool: shape.textOrNull,
        recipe: shape.textOrNull,
        started: shape.timeOrNull,
        ended: shape.timeOrNull,
        seconds: z.number(),
        goose_seconds: z.number().nullable(),
        tokens: z.number().nullable(),
        how: shape.text,
        end: shape.textOrNull,
        came_to: cameTo,
        verdict: shape.textOrNull,
        reason: shape.textOrNull,
        attempts: z.array(shape.attempt).nullable(),
        says: shape.text,
      }),
    ),
    more: z.boolean(),
    next_cursor: shape.textOrNull,
  })
  .openapi('Runs');

const seconds = z.number().min(0);
const spread = z
  .strictObject({ of: shape.count, mean: seconds, p50: seconds, p90: seconds, most: seconds })
  .openapi('Spread');

const group = {
  runs: shape.count,
  came_to: z.strictObject({
    completed: shape.count,
    failed: shape.count,
    other: shape.count,
    unknown: shape.count,
  }),
  verdicts: z.array(z.strictObject({ verdict: shape.textOrNull, runs: shape.count })),
  working_sec: shape.orNull(spread),
  waiting_sec: shape.orNull(spread),
  attempts: shape.count,
  attempts_failed: shape.count,
  tokens: z.number().nullable(),
  attempts_with_unknown_tokens: shape.count,
};

export const historyAnswer = z
  .strictObject({
    at: shape.time,
    since: shape.time,
    until: shape.time,
    known_since: shape.time,
    kept_for_hours: shape.countOrNull,
    looked_at: shape.count,
    more: z.boolean(),
    reads_on: z.boolean(),
    left_line: shape.count,
    by: z.enum(HISTORY_BY),
    time_zone: shape.text,
    all: z.strictObject(group),
    groups: z.array(
      z.strictObject({
        key: shape.textOrNull,
        since: shape.time.optional(),
        until: shape.time.optional(),
        is_whole: z.boolean().optional(),
        ...group,
        recent: z.array(
          z.strictObject({
            task_id: z.int(),
            run_id: shape.text,
            ended: shape.time,
            agent: shape.textOrNull,
            came_to: cameTo,
            verdict: shape.textOrNull,
            attempts: shape.countOrNull,
          }),
        ),
      }),
    ),
    groups_left_out: shape.count,
  })
  .openapi('History');

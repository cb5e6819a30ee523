import { z } from '@hono/zod-openapi';
import { isList } from '../../../client/schedules/fields.ts';
import { isOccurrenceId } from '../../../contract/ids.ts';
import { FIELDS, type Field, OTHER_NAMES } from '../../../contract/schedule-problem.ts';
import { zoneOf } from '../../../domain/schedule/zone.ts';
import * as is from '../shapes.ts';
import { writing } from '../writing.ts';

/** A schedule's id is its name. */
export const scheduleParams = z.strictObject({ id: is.name });

/** What is wrong with a field is told with all else that is wrong, so its shape is only written down. */
const scalar = z
  .unknown()
  .optional()
  .openapi({ type: ['string', 'number', 'boolean', 'null'] });
const list = z
  .unknown()
  .optional()
  .openapi({ type: ['array', 'string', 'null'], items: { type: 'string' } });

const names: readonly string[] = [...FIELDS, ...OTHER_NAMES];
export const definitionFields = Object.fromEntries(
  names.map((name) => [name, isList(name as Field) ? list : scalar]),
);

/** A definition with what all requests that change something take. */
export const definitionBody = z.looseObject({ ...definitionFields, ...writing });

/** The zone of whoever looks. */
export const zoneQuery = z
  .string()
  .max(100)
  .refine((name) => zoneOf(name) !== undefined, 'there is no such time zone')
  .optional()
  .openapi({ description: 'Sentences tell times by these clocks, too. Without it: UTC.' });

export const occurrenceId = z
  .string()
  .max(200)
  .refine((id) => isOccurrenceId(id) && /^[\w.:-]+$/.test(id), 'it is no id of an occurrence')
  .openapi({ pattern: '^occurrence-[A-Za-z0-9._:-]+$' });

const withSentence = z.strictObject({ for: is.text, says: is.text });
const why = z.strictObject({ why: is.text, says: is.text });

/** The fields that other schedulers' programs look for. */
const elsewhere = {
  id: is.text,
  enabled: z.boolean(),
  schedule_type: z.enum(['interval', 'cron', 'once', 'calendar']),
  interval_minutes: z.number().nullable(),
  cron_expression: is.textOrNull,
  timezone: is.text,
  job_key: is.text,
  max_global: is.countOrNull,
  max_per_job: is.countOrNull,
  next_run_at: is.timeOrNull,
  last_run_at: is.timeOrNull.openapi({ description: 'Planned time of the last one that is over.' }),
};

const lineFields = {
  ...elsewhere,
  ...{ name: is.text, state: z.enum(['active', 'paused', 'finished']), version: is.count, when: is.text },
  definition: is.facts,
  ...{ created: is.timeOrNull, edited: is.timeOrNull, by: is.textOrNull },
  pause: z
    .strictObject({
      ...{ by: is.textOrNull, note: is.textOrNull, at: is.timeOrNull },
      after: z.strictObject({ bad_ends: is.count, reason: is.text }).nullable(),
    })
    .nullable(),
  ...{ next: z.array(is.timeOrNull), left_out: z.array(is.timeOrNull) },
  ...{ count: is.count, open: is.count, bad_in_a_row: is.count },
  last: z
    .strictObject({
      ...{ planned: is.timeOrNull, ended: is.timeOrNull, end: is.text, reason: is.textOrNull },
      task_id: z.int().nullable(),
    })
    .nullable(),
  problems: z.array(z.strictObject({ problem: is.text, says: is.text })),
};
export const scheduleLine = z.strictObject(lineFields).openapi('Schedule');
const lineOrNull = is.orNull(scheduleLine);

export const occurrence = z
  .strictObject({
    ...{ schedule: is.text, workflow_id: is.text, run_id: is.textOrNull, trigger: is.text },
    ...{ planned: is.timeOrNull, times: is.count, number: is.countOrNull, version: is.countOrNull },
    ...{ recipe_hash: is.textOrNull, started: is.timeOrNull, entered: is.timeOrNull, ended: is.timeOrNull },
    ...{ late_seconds: z.number().nullable(), why_late: is.textOrNull, end: is.textOrNull },
    ...{ waits: withSentence.nullable(), left_out: why.nullable(), task_id: z.int().nullable() },
    ...{ agent: is.textOrNull, verdict: is.textOrNull, reason: is.textOrNull, attempts: is.countOrNull },
    ...{ tokens: z.number().nullable(), log: is.textOrNull, decided: is.textOrNull },
    links: z.array(is.text).nullable(),
    seconds: z.number().nullable(),
  })
  .openapi('Occurrence');

export const shownSchedule = z
  .strictObject({
    ...lineFields,
    in_force: z.boolean().nullable(),
    history: z.array(occurrence).nullable(),
    days: z.array(is.facts).nullable(),
  })
  .openapi('ScheduleShown');

export const coming = z
  .array(z.looseObject({ kind: z.enum(['due', 'left-out', 'shifted']), at: is.timeOrNull, says: is.text }))
  .openapi('Coming');
const warnings = z.array(z.strictObject({ code: is.text, says: is.text }));

/** With the fields that other schedulers' programs look for, of what it is after. */
export const defined = z
  .strictObject({
    ...elsewhere,
    ...{ name: is.text, dry_run: z.boolean(), before: lineOrNull, after: scheduleLine, warnings, coming },
    changed: z.array(is.text).openapi({ description: 'Names of the fields that differ.' }),
    is_new: z.boolean().openapi({ description: 'Whether this request made it.' }),
  })
  .openapi('ScheduleDefined');

export const preview = z
  .strictObject({ when: is.text, timezone: is.text, next: z.array(is.timeOrNull), coming, warnings })
  .openapi('SchedulePreview');

/** Of a deed that leaves it there. */
export const beforeAndAfter = { dry_run: z.boolean(), before: scheduleLine, after: scheduleLine };
export { why as whyWithSentence, withSentence };

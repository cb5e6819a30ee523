import { z } from '@hono/zod-openapi';
import * as is from './shapes.ts';

export const tasksAnswer = z
  .strictObject({
    at: is.timeOrNull,
    tasks: z.array(is.taskLine),
    total: is.count,
    next_cursor: is.textOrNull,
  })
  .openapi('OpenTasks');

const WHILE_AWAY = 'Null while TinyTask does not answer.';

export const taskAnswer = z
  .strictObject({
    task_id: z.int(),
    title: is.text.nullable().openapi({ description: WHILE_AWAY }),
    description: is.textOrNull,
    status: z.enum(['idle', 'working', 'complete']).nullable().openapi({ description: WHILE_AWAY }),
    queue: is.textOrNull,
    assigned_to: is.textOrNull,
    created_by: is.textOrNull,
    priority: z.number().nullable().openapi({ description: WHILE_AWAY }),
    tags: z.array(is.text),
    blocked_by: z.int().nullable(),
    parent: z.int().nullable(),
    added: is.timeOrNull,
    updated: is.timeOrNull,
    archived: z.boolean().nullable().openapi({ description: WHILE_AWAY }),
    where: is.orNull(is.taskLine),
    attempts: z
      .array(z.strictObject({ ...is.attempt.shape, link: is.textOrNull }))
      .nullable()
      .openapi({ description: 'Null while Temporal does not answer.' }),
    comments: z
      .array(z.strictObject({ id: z.int(), by: is.textOrNull, at: is.timeOrNull, text: is.text }))
      .nullable()
      .openapi({ description: 'The last ones, oldest first.' }),
    comments_total: is.countOrNull,
    links: z.strictObject({
      workflow: is.textOrNull.openapi({
        description: 'Its run in the Web UI of Temporal, if that is known.',
      }),
    }),
    problems: is.problems,
  })
  .openapi('Task');

const reason = z.looseObject({ why: is.text, says: is.text }).openapi('Reason');

/** Of the schedule that its tag names. */
const occurrence = z
  .strictObject({
    occurrence: is.text,
    schedule: is.textOrNull,
    phase: is.textOrNull,
    planned: is.timeOrNull,
    is_its_task: z.boolean(),
    waits_for: is.facts.nullable(),
    says: is.text,
  })
  .openapi('TaskOccurrence');

export const explainAnswer = z
  .strictObject({
    task_id: z.int(),
    title: is.text,
    status: is.text,
    assigned_to: is.textOrNull,
    queue: is.textOrNull,
    archived: z.boolean(),
    scheduler: is.schedulerWord,
    occurrence: is.orNull(occurrence),
    run: z
      .strictObject({
        state: is.text,
        agent: is.textOrNull,
        attempt: is.count,
        cause: is.textOrNull,
        since: is.timeOrNull,
        until: is.timeOrNull,
        says: is.text,
      })
      .nullable(),
    reason: is.textOrNull,
    still: is.textOrNull,
    reasons: z.array(reason),
    hangs_on: z.array(is.facts),
    hangs_on_more: is.count,
    place: z
      .strictObject({
        place: is.count,
        before: z.array(z.int()),
        holders: z.array(z.int()),
        holders_total: is.count,
      })
      .nullable(),
    change: z
      .strictObject({
        needs: z.array(z.array(z.looseObject({ says: is.text }))),
        enough: z.boolean(),
        says: is.textOrNull,
      })
      .nullable(),
    attempts: z.array(z.looseObject({ attempt: is.count, state: is.text })),
    attempts_total: is.count,
    problems: is.problems,
    says: z.array(is.text),
  })
  .openapi('Explanation');

export const logAnswer = z
  .strictObject({
    task_id: z.int(),
    ...is.attempt.shape,
    from: is.count,
    to: is.count,
    size: is.count,
    text: is.text,
    is_over: z.boolean(),
  })
  .openapi('Log');

export const foundInLog = z
  .strictObject({
    task_id: z.int(),
    attempt: is.count,
    matches: z.array(is.count).openapi({ description: 'Where each begins, in bytes.' }),
    to: is.count.openapi({ description: 'Looked through so far: below `size`, go on from there.' }),
    size: is.count,
    is_over: z.boolean(),
  })
  .openapi('FoundInLog');

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

export const taskAnswer = z
  .strictObject({
    task_id: z.int(),
    title: is.text,
    description: is.textOrNull,
    status: z.enum(['idle', 'working', 'complete']),
    queue: is.textOrNull,
    assigned_to: is.textOrNull,
    created_by: is.textOrNull,
    priority: z.number(),
    tags: z.array(is.text),
    blocked_by: z.int().nullable(),
    parent: z.int().nullable(),
    added: is.timeOrNull,
    updated: is.timeOrNull,
    archived: z.boolean(),
    where: is.orNull(is.taskLine),
    attempts: z.array(is.attempt),
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

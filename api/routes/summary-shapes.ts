import { z } from '@hono/zod-openapi';
import * as is from './shapes.ts';
import { phaseCounts } from './state-shapes.ts';

const oldest = z.strictObject({ task_id: z.int(), since: is.timeOrNull }).openapi('Oldest');

export const summaryAnswer = z
  .strictObject({
    at: is.time,
    says: is.text,
    level: z.enum(['ok', 'notice', 'wrong']),
    since: is.timeOrNull,
    conditions: z.array(z.strictObject({ what: is.text, says: is.text })),
    problems: is.problems,
    changed: z.array(
      z.strictObject({
        at: is.time,
        what: is.text,
        by: is.textOrNull,
        note: is.textOrNull,
        agent: is.textOrNull,
        queue: is.textOrNull,
        says: is.text,
      }),
    ),
    arrived_last_hour: is.countOrNull,
    ended_last_hour: z
      .strictObject({ total: is.count, completed: is.countOrNull, others: is.countOrNull })
      .nullable(),
    oldest_waiting: is.orNull(oldest),
    oldest_ready: is.orNull(oldest),
    counts: z
      .strictObject({
        agents: is.count,
        stuck: is.count,
        agents_off: is.count,
        running: is.count,
        slots: is.count,
        waiting: phaseCounts,
        waiting_total: is.countOrNull,
        parked: is.count,
        lost: is.count,
      })
      .nullable(),
  })
  .openapi('Summary');

export const runningAnswer = z
  .strictObject({
    at: is.time,
    running: z.array(
      z.strictObject({
        task_id: z.int(),
        title: is.textOrNull,
        agent: is.textOrNull,
        pool: is.textOrNull,
        state: z.enum(['running', 'waiting-for-host', 'interrupted']),
        attempt: is.count,
        run_id: is.text,
        since: is.time,
        deadline: is.timeOrNull,
        limit_ms: is.count,
        tokens: is.countOrNull,
        turns: is.countOrNull,
        host: is.textOrNull,
        heard: is.timeOrNull,
        last_output: is.textOrNull,
        log: z
          .strictObject({ name: is.text, bytes: is.count, written: is.time, silent_ms: is.count })
          .nullable(),
      }),
    ),
    more: is.count,
  })
  .openapi('Running');

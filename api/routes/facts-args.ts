import { z } from '@hono/zod-openapi';
import type { FactsArgs, FactsMethod } from '../../client/facts/methods.ts';
import { MOST_SLOTS } from '../../contract/contents.ts';
import { TASK_PHASES } from '../../contract/listings.ts';
import { MOST_TOKENS } from '../../domain/budget.ts';
import * as is from './shapes.ts';

// The arguments of the methods that a command may call, each as the method's type has it. A key that is undefined is absent.

const LAST_MS = 8_640_000_000_000_000;
const ms = z.number().min(0).max(LAST_MS);
const text = z.string().max(4_000);
const task = z.int().min(1).max(is.MOST_TASK_ID);
const limit = z.int().min(0).max(1_000);
const note = z.strictObject({ by: text.optional(), note: text.optional() }).optional();
/** Names of queues are TinyTask's, whatever they are. */
const queue = z.string().max(1_000);
const selection = z.strictObject({ agent: is.name.optional(), queue: queue.optional() }).optional();
const tokens = z.int().min(0).max(MOST_TOKENS).nullable();
const slots = z.int().min(0).max(MOST_SLOTS);

const change = z.discriminatedUnion('do', [
  z.strictObject({ do: z.enum(['pause', 'resume', 'remove']), agent: is.name }),
  z.strictObject({ do: z.literal('limit'), agent: is.name, slots }),
  z.strictObject({ do: z.literal('add'), agent: is.name, queue, slots }),
  z.strictObject({ do: z.literal('budget'), agent: is.name, tokensPerDay: tokens }),
  z.strictObject({ do: z.literal('pool-budget'), queue, tokensPerDay: tokens }),
]);

const none = z.tuple([]);
const switching = z.tuple([selection, note]);
const onTask = z.tuple([task, note]);
const onSchedule = z.tuple([is.name, note]);

/** By method. Fewer arguments are as good as undefined ones. */
export const FACTS_ARGS: { [Name in FactsMethod]: z.ZodType<FactsArgs<Name>> } = {
  status: none,
  check: z.tuple([
    z
      .strictObject({
        mostWaiting: z.int().min(0).optional(),
        oldestMs: ms.optional(),
        withoutDaemon: z.boolean().optional(),
        pool: queue.optional(),
      })
      .optional(),
  ]),
  pools: none,
  agents: none,
  openTasks: z.tuple([
    z
      .strictObject({
        phase: z.enum(TASK_PHASES).optional(),
        agent: is.name.optional(),
        pool: queue.optional(),
        sinceMs: ms.optional(),
      })
      .optional(),
  ]),
  endedRuns: z.tuple([z.strictObject({ sinceMs: ms.optional(), agent: is.name.optional(), limit })]),
  explain: z.tuple([task]),
  explainAll: none,
  forecast: z.tuple([task.optional()]),
  whatIf: z.tuple([z.array(change).max(1_000)]),
  pause: switching,
  resume: switching,
  startAgents: switching,
  stopAgents: switching,
  setLimit: z.tuple([is.name, slots.nullable(), note]),
  runNow: z.tuple([task.optional()]),
  retry: onTask,
  cancel: onTask,
  add: z.tuple([
    z.strictObject({
      title: z.string().max(200_000),
      description: z.string().max(1_000_000).optional(),
      queue: queue.optional(),
      agent: is.name.optional(),
      priority: z.int().optional(),
      blockedBy: task.optional(),
    }),
  ]),
  'schedules.list': z.tuple([
    z.strictObject({ limit: limit.optional(), cursor: text.optional() }).optional(),
  ]),
  'schedules.show': z.tuple([is.name]),
  'schedules.line': z.tuple([is.name, limit]),
  'schedules.history': z.tuple([
    z.strictObject({
      schedule: is.name.optional(),
      sinceMs: ms.optional(),
      untilMs: ms.optional(),
      end: z.enum(['done', 'failed', 'cancelled', 'left-out', 'under-way']).optional(),
      limit: limit.optional(),
    }),
  ]),
  'schedules.missed': z.tuple([ms, is.name.optional()]),
  'schedules.pause': onSchedule,
  'schedules.resume': onSchedule,
  'schedules.runNow': z.tuple([
    is.name,
    z.strictObject({ force: z.boolean().optional(), evenIfPaused: z.boolean().optional() }).optional(),
    note,
  ]),
  'schedules.skipNext': onSchedule,
} as unknown as { [Name in FactsMethod]: z.ZodType<FactsArgs<Name>> };

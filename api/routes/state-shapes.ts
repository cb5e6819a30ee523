import { z } from '@hono/zod-openapi';
import * as is from './shapes.ts';

const run = z
  .strictObject({
    task_id: z.int(),
    agent: is.textOrNull,
    queue: is.textOrNull,
    state: is.text,
    attempt: is.count,
    since: is.timeOrNull,
    reason: is.text.optional(),
    why: is.text.optional(),
  })
  .openapi('Run');

const hold = z
  .strictObject({
    reason: is.text,
    taken: is.count,
    since: is.timeOrNull,
    until: is.timeOrNull,
    trying: z.boolean(),
  })
  .openapi('Hold');

const unwell = {
  health: z.enum(['well', 'cooling-down', 'misconfigured']),
  reason: is.text.optional(),
  until: is.timeOrNull.optional(),
  /** One task tries whether it can. */
  probing: z.boolean().optional(),
};

const agentState = z
  .strictObject({
    name: is.text,
    queue: is.textOrNull,
    held: is.count,
    limit: is.count,
    waiting: is.count,
    paused: z.boolean(),
    stopped: z.boolean(),
    pool_hold: hold.optional(),
    leaving: z.boolean().optional(),
    budget: is.budget.optional(),
    pool_budget: is.budget.optional(),
    ...unwell,
  })
  .openapi('AgentState');

const waiting = z.strictObject({
  task_id: z.int(),
  queue: is.textOrNull.optional(),
  reason: is.text,
  still: is.text.optional(),
  says: is.text,
});

export const phaseCounts = z.record(z.string(), is.count).nullable();

const passFigures = {
  leases_scanned: is.count,
  leases_reclaimed: is.count,
  unassigned_matched: is.count,
  assigned_spawned: is.count,
  tasks_spawned: is.count,
  blocked_skipped: is.count,
  errors: is.count,
};

export const stateAnswer = z
  .strictObject({
    at: is.timeOrNull,
    scheduler: is.schedulerWord,
    paused: z.boolean(),
    stopped: z.boolean(),
    by_hand: z.array(
      z.strictObject({
        did: is.text,
        agent: is.textOrNull,
        queue: is.textOrNull,
        by: is.textOrNull,
        note: is.textOrNull,
        at: is.time,
      }),
    ),
    enabled: z.boolean(),
    daemon: is.textOrNull,
    agents: z.array(agentState),
    running: z.array(run),
    interrupted: z.array(run),
    waiting_for_slot: z.array(run),
    backing_off: z.array(run),
    parked: z.array(run),
    waiting: z.array(waiting),
    waiting_total: is.count,
    last_pass: z
      .strictObject({ at: is.timeOrNull, took_ms: z.number(), by: is.text, ...passFigures })
      .nullable(),
    api: z.strictObject({ url: is.text, token_required: z.boolean() }).nullable(),
    problems: is.problems,
    open: is.countOrNull,
    open_by_phase: phaseCounts,
    schedules: z
      .strictObject({
        at: is.time,
        total: is.count,
        more: z.boolean(),
        paused: is.count,
        troubled: is.count,
        running: is.count,
        next: z.strictObject({ name: is.text, at: is.time }).nullable(),
      })
      .nullable(),
  })
  .openapi('State');

export const agentAtWork = z
  .strictObject({
    name: is.text,
    pool: is.textOrNull,
    held: is.count,
    limit: is.count,
    waiting: is.count,
    paused: z.boolean(),
    stopped: z.boolean(),
    leaving: z.boolean().optional(),
    pool_hold: hold.optional(),
    ...unwell,
    rules: z.record(z.string(), z.unknown()),
    budget: is.budget.optional(),
    runs: z.array(z.strictObject({ task_id: z.int(), host: is.textOrNull, state: is.text })),
    says: is.text,
  })
  .openapi('Agent');

export const agentsAnswer = z
  .strictObject({ scheduler: is.schedulerWord, agents: z.array(agentAtWork), problems: is.problems })
  .openapi('Agents');

export const poolsAnswer = z
  .strictObject({
    scheduler: is.schedulerWord,
    mode: is.text,
    pools: z.array(
      z.strictObject({
        pool: is.text,
        agents: z.array(is.text),
        held: is.count,
        limit: is.count,
        paused: z.boolean(),
        stopped: z.boolean(),
        line: is.count,
        waiting: is.countOrNull,
        hold: hold.optional(),
        unassigned: is.countOrNull,
        blocked: is.countOrNull,
        oldest: z.strictObject({ task_id: z.int(), added: is.timeOrNull }).nullable(),
        arrived_last_hour: is.countOrNull,
        ended_last_hour: is.countOrNull,
        budget: is.budget.optional(),
      }),
    ),
    placeless: is.countOrNull,
    problems: is.problems,
  })
  .openapi('Pools');

export const queuesAnswer = z
  .strictObject({
    at: is.timeOrNull,
    queues: z.array(
      z.strictObject({
        queue: is.text,
        agents: z.array(is.text),
        open: is.countOrNull,
        open_by_phase: phaseCounts,
      }),
    ),
    without_queue: is.countOrNull,
  })
  .openapi('Queues');

export const passAnswer = z
  .strictObject({
    at: is.time,
    took_ms: z.number(),
    dry_run: z.boolean(),
    ...passFigures,
    would_spawn: is.count.optional(),
    started: z.array(z.strictObject({ task_id: z.int(), agent: is.textOrNull, queue: is.textOrNull })),
    not_started: z.array(waiting),
    not_started_total: is.count,
    warnings: z.array(is.text),
    error_messages: z.array(is.text),
    by: is.text,
  })
  .openapi('Pass');

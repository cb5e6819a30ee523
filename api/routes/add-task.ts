import { z } from '@hono/zod-openapi';
import { jsonText } from '../../client/json/json-text.ts';
import { addOnce } from '../../client/keys/add-once.ts';
import type { NewTaskInput, SchedulerClient } from '../../client/scheduler-client.ts';
import type { Look } from '../../contract/listings.ts';
import type { Reason } from '../../domain/plan/reason.ts';
import type { Task } from '../../domain/task.ts';
import { sayReason } from '../../words/reason.ts';
import type { Caller } from '../guard/caller.ts';
import { READ_AGE_MS, type RouteDeps } from './deps.ts';
import { idempotencyHeader, ownerOf } from './idempotency.ts';
import { type Route, route } from './route.ts';
import * as is from './shapes.ts';
import { writing } from './writing.ts';

/** Ours tell which request or which occurrence has made a task. */
const TAG = 'a tag neither begins with a space nor with request: or occurrence:';

const body = z
  .strictObject({
    title: z.string().trim().min(1).max(1_000),
    description: z.string().max(200_000).optional(),
    queue: is.name.optional(),
    agent: is.name.optional(),
    priority: z.int().min(-1_000_000).max(1_000_000).optional(),
    blocked_by: z.int().min(1).max(is.MOST_TASK_ID).optional(),
    tags: z
      .array(
        z
          .string()
          .max(200)
          .regex(/^(?!request:|occurrence:)\S/, TAG),
      )
      .min(1)
      .max(50)
      .optional()
      .openapi({ description: '`recipe:x` names the recipe x of its agent’s directory.' }),
    dry_run: writing.dry_run,
  })
  .openapi('NewTask');
type Body = z.output<typeof body>;

export const added = z
  .strictObject({
    dry_run: z.boolean(),
    before: z.null(),
    after: z.strictObject({
      task_id: z.int().nullable(),
      title: is.text,
      queue: is.textOrNull,
      assigned_to: is.textOrNull,
      priority: z.number(),
      blocked_by: z.int().nullable(),
      added: is.timeOrNull,
    }),
    is_new: z.boolean().openapi({ description: 'False: the same key added it before.' }),
    nobody_takes_it: z.strictObject({ reason: is.text, says: is.text }).nullable(),
  })
  .openapi('Added');

/** Adds tasks. */
export function addRoutes(deps: RouteDeps): Route[] {
  return [
    route({
      ...{ method: 'post', path: '/api/tasks', scope: 'operate', tag: 'Tasks', status: 201, dryStatus: 200 },
      ...{ body, headers: z.object(idempotencyHeader), answer: added },
      summary: 'Add a task to TinyTask',
      codes: ['key-used', 'no-such-task'],
      handle: async ({ body: asked, headers: sent, caller }) => {
        const look = await deps.look.within(READ_AGE_MS);
        const nobody = nobodyTakes(look, asked);
        const told = {
          before: null,
          nobody_takes_it: nobody && { reason: nobody.why, says: sayReason(nobody) },
        };
        if (asked.dry_run) return dryRun(deps, asked, told);
        const { task, isNew } = await deps.scheduler.use((client) =>
          add(deps, client, { asked, caller, key: sent.get('idempotency-key') }),
        );
        return { dry_run: false, ...told, after: taskJson(task), is_new: isNew };
      },
    }),
  ];
}

async function dryRun({ scheduler }: RouteDeps, asked: Body, told: object): Promise<Response> {
  const { blocked_by: blocker, title, queue = null, agent = null, priority = 0 } = asked;
  if (blocker !== undefined) await scheduler.use((client) => client.task(blocker));
  const after = {
    task_id: null,
    title,
    queue,
    assigned_to: agent,
    priority,
    blocked_by: blocker ?? null,
    added: null,
  };
  return new Response(jsonText({ dry_run: true, ...told, after, is_new: true }), {
    headers: { 'content-type': 'application/json' },
  });
}

interface Adding {
  asked: Body;
  caller: Caller;
  key: string | null;
}

async function add(
  { keys }: RouteDeps,
  client: SchedulerClient,
  { asked, caller, key }: Adding,
): Promise<{ task: Task; isNew: boolean }> {
  const input = inputOf(asked);
  if (key === null) return { task: await client.add(input), isNew: true };
  return addOnce(keys, client, { owner: ownerOf(caller), key, request: JSON.stringify(asked), task: input });
}

function inputOf({
  title,
  description,
  queue,
  agent,
  priority,
  blocked_by: blockedBy,
  tags,
}: Body): NewTaskInput {
  return {
    title,
    ...(description !== undefined && { description }),
    ...(queue !== undefined && { queue }),
    ...(agent !== undefined && { agent }),
    ...(priority !== undefined && { priority }),
    ...(blockedBy !== undefined && { blockedBy }),
    ...(tags !== undefined && { tags }),
  };
}

/** Why nobody takes it now; null: somebody may. The agent may come later, so this refuses nothing. */
export function nobodyTakes(
  { agents: { agents } }: Look,
  { queue, agent }: Pick<Body, 'queue' | 'agent'>,
): Reason | null {
  if (agent !== undefined)
    return agents.some(({ name }) => name === agent) ? null : { why: 'unknown-agent', agent };
  if (queue === undefined) return { why: 'unassigned' };
  return agents.some((each) => each.queue === queue) ? null : { why: 'no-agent-for-queue', queue };
}

function taskJson(task: Task): Record<string, unknown> {
  const added = Date.parse(task.createdAt);
  return {
    ...{ task_id: task.id, title: task.title, queue: task.queue, assigned_to: task.assignedTo },
    ...{ priority: task.priority, blocked_by: task.blockedByTaskId },
    added: Number.isNaN(added) ? null : new Date(added).toISOString(),
  };
}

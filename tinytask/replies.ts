import { z } from 'zod';
import type { Task } from '../domain/task.ts';
import { quote, TinyTaskError } from './errors.ts';
import { shortName } from './short-name.ts';
import { inUtc } from './utc.ts';

export interface Comment {
  id: number;
  taskId: number;
  content: string;
  createdBy: string | null;
  createdAt: string;
}

/** `links`: what somebody has hung on it, as addresses or paths, oldest first. */
export type TaskWithComments = Task & { comments: Comment[]; links: string[] };

/** TinyTask 1 has no queues, blockers or subtasks, newer ones leave the description out of lists. */
const orNull = <T extends z.ZodType>(type: T) => type.nullable().default(null);

/** What is compared, planned with and told to Temporal, unlike titles and descriptions, which stay here. */
const name = () => z.string().transform(shortName);

const time = () => name().transform(inUtc);

const taskFields = z.object({
  id: z.int().positive(),
  title: z.string(),
  description: orNull(z.string()),
  status: z.enum(['idle', 'working', 'complete']),
  assigned_to: orNull(name()),
  previous_assigned_to: orNull(name()),
  created_by: orNull(name()),
  priority: z.number(),
  tags: z
    .array(name())
    .nullish()
    .transform((tags) => tags ?? []),
  parent_task_id: orNull(z.int()),
  queue_name: orNull(name()),
  blocked_by_task_id: orNull(z.int()),
  created_at: time(),
  updated_at: time(),
  archived_at: orNull(time()),
  is_currently_blocked: z
    .boolean()
    .nullish()
    .transform((blocked) => blocked ?? false),
});

function toTask(fields: z.infer<typeof taskFields>): Task {
  return {
    id: fields.id,
    title: fields.title,
    description: fields.description,
    status: fields.status,
    assignedTo: fields.assigned_to,
    previousAssignedTo: fields.previous_assigned_to,
    createdBy: fields.created_by ?? '',
    priority: fields.priority,
    tags: fields.tags,
    parentTaskId: fields.parent_task_id,
    queue: fields.queue_name,
    blockedByTaskId: fields.blocked_by_task_id,
    createdAt: fields.created_at,
    updatedAt: fields.updated_at,
    archivedAt: fields.archived_at,
    isCurrentlyBlocked: fields.is_currently_blocked,
  };
}

export const taskReply = taskFields.transform(toTask);
export const taskListReply = z.object({ tasks: z.array(taskReply) }).transform((reply) => reply.tasks);
export const subtaskListReply = z
  .object({ subtasks: z.array(taskReply) })
  .transform((reply) => reply.subtasks);

/** A task and its direct subtasks, archived ones aside. */
export const taskWithSubtasksReply = z
  .object({ ...taskFields.shape, subtasks: z.array(taskReply) })
  .transform((fields) => {
    const subtasks = fields.subtasks.filter(
      ({ parentTaskId, archivedAt }) => parentTaskId === fields.id && archivedAt === null,
    );
    return { task: toTask(fields), subtasks };
  });

export const commentReply = z
  .object({
    id: z.int().positive(),
    task_id: z.int(),
    content: z.string(),
    created_by: orNull(z.string()),
    created_at: time(),
  })
  .transform(
    (fields): Comment => ({
      id: fields.id,
      taskId: fields.task_id,
      content: fields.content,
      createdBy: fields.created_by,
      createdAt: fields.created_at,
    }),
  );
export const commentListReply = z
  .object({ comments: z.array(commentReply) })
  .transform((reply) => reply.comments);

const linkReply = z.object({ url: z.string() }).transform(({ url }) => url);

export const taskWithCommentsReply = z
  .object({
    ...taskFields.shape,
    comments: z.array(commentReply).nullish(),
    // Nobody is kept from a task by them.
    links: z.array(linkReply).nullish().catch(null),
  })
  .transform(
    ({ comments, links, ...fields }): TaskWithComments => ({
      ...toTask(fields),
      comments: comments ?? [],
      links: links ?? [],
    }),
  );

/**
 * The answer of `tool` as `schema` describes it; unknown fields are ignored.
 * Throws a TinyTaskError `broken-reply` that names the first thing that is wrong and quotes the answer.
 */
export function parseReply<T>(tool: string, text: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw broken(tool, `not JSON (${(error as Error).message})`, text, error);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [first, ...more] = parsed.error.issues;
  const place = first?.path.length ? `${z.core.toDotPath(first.path)}: ` : '';
  const rest = more.length > 0 ? `, and ${more.length} more` : '';
  throw broken(tool, `${place}${first?.message}${rest}`, text, parsed.error);
}

function broken(tool: string, what: string, text: string, cause: unknown): TinyTaskError {
  return new TinyTaskError(
    'broken-reply',
    tool,
    `TinyTask's answer to ${tool} is broken: ${what}; it begins ${quote(text)}. Is TINYSCHEDULER_MCP_ENDPOINT a TinyTask 2?`,
    { cause },
  );
}

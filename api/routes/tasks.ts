import { z } from '@hono/zod-openapi';
import { attemptJson } from '../../client/json/attempt.ts';
import { explanationJson } from '../../client/json/explain.ts';
import { isoTime } from '../../client/json/iso-time.ts';
import { completeLineJson, taskLineJson } from '../../client/json/tasks.ts';
import { RefusedError } from '../../contract/api.ts';
import type { LogPiece, Look, OpenTask } from '../../contract/listings.ts';
import type { Task } from '../../domain/task.ts';
import { schedulerError } from '../../words/errors.ts';
import { decodeCursor, encodeCursor, type TaskCursor, taskCursor, wrongCursor } from './cursor.ts';
import { READ_AGE_MS, type RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import * as shape from './shapes.ts';
import { explainAnswer, logAnswer, taskAnswer, tasksAnswer } from './task-shapes.ts';

const listQuery = z.strictObject({
  phase: shape.listedPhase.optional(),
  agent: shape.name.optional(),
  pool: shape.name.optional(),
  queue: shape.name.optional(),
  since: shape.moment.optional(),
  sort: z.enum(['line', 'id']).optional(),
  limit: shape.whole(1, 1_000).optional(),
  cursor: shape.cursor.optional(),
});
type ListQuery = z.output<typeof listQuery>;

/** Of one log in one answer. */
const MOST_LOG_BYTES = 1_048_576;
const LOG_BYTES = 65_536;

const logQuery = z.strictObject({
  attempt: shape.whole(1, 999_999_999).optional(),
  from: shape.whole(-MOST_LOG_BYTES, 1_000_000_000_000).optional(),
  bytes: shape.whole(1, MOST_LOG_BYTES).optional(),
});

const about = { method: 'get', scope: 'read', tag: 'Tasks' } as const;

/** What is known of tasks. */
export function taskRoutes({ scheduler, look }: RouteDeps): Route[] {
  const everyTask = look.beside(() => scheduler.use((client) => client.tasks()));
  return [
    route({
      ...{ ...about, path: '/api/tasks', query: listQuery, answer: tasksAnswer },
      summary:
        'Open tasks, in the order in which they go, which changes meanwhile; with sort=id each that stays open is told once. With phase=complete complete ones, the last changed first',
      codes: ['wrong-cursor', 'no-such-agent', 'no-such-queue'],
      handle: async ({ query }) => {
        const seen = await look.within(READ_AGE_MS);
        const tasks =
          query.phase === 'complete' ? completeIn(await everyTask('', READ_AGE_MS)) : tasksIn(seen);
        return tasksJson(seen, tasks, query);
      },
    }),
    route({
      ...{ ...about, path: '/api/tasks/{id}', params: shape.taskParams, answer: taskAnswer },
      summary: 'A task, complete or not, with its attempts as far as Temporal knows them',
      codes: ['no-such-task'],
      handle: ({ params: { id } }) =>
        scheduler.use(async (client) => {
          const [task, attempts, seen] = await Promise.all([
            client.task(id),
            client.attempts(id),
            look.within(READ_AGE_MS),
          ]);
          return taskJson(task, seen, attempts.map(attemptJson));
        }),
    }),
    route({
      ...{ ...about, path: '/api/tasks/{id}/explain', params: shape.taskParams, answer: explainAnswer },
      summary: 'Why a task is where it is, and the least that would start it',
      codes: ['no-such-task'],
      handle: ({ params: { id } }) =>
        scheduler.use(async (client) => explanationJson(await client.explain(id))),
    }),
    route({
      ...{ ...about, path: '/api/tasks/{id}/log', params: shape.taskParams, query: logQuery },
      answer: logAnswer,
      summary:
        'A part of the log of an attempt: go on from `to` until it is `size` and `is_over`; from below 0 counts from the end',
      codes: [
        'no-such-task',
        'no-such-attempt',
        'no-log',
        'log-elsewhere',
        'log-missing',
        'log-unreadable',
        'beyond-log',
      ],
      handle: ({ params: { id }, query: { attempt, from = 0, bytes = LOG_BYTES } }) =>
        scheduler.use(async (client) => {
          const asked = { from, mostBytes: bytes, ...(attempt !== undefined && { attempt }) };
          return logJson(await client.log(id, asked));
        }),
    }),
  ];
}

/** The tasks that a look has; those of TinyTask where it does not answer are an error. */
export function tasksIn({ tasks, status }: Look): OpenTask[] {
  if (tasks !== null) return tasks;
  const failed = status.problems.find((problem) => problem.what === 'failed');
  if (failed === undefined) throw new Error('a look without tasks says no reason');
  throw schedulerError(failed.failure);
}

const PAGE = 100;

/** A task as lists have it. */
interface Listed extends Omit<OpenTask, 'phase'> {
  phase: OpenTask['phase'] | 'complete';
}

function tasksJson(look: Look, tasks: readonly Listed[], query: ListQuery): Record<string, unknown> {
  const { limit = PAGE, cursor } = query;
  const sort = query.sort ?? (query.phase === 'complete' ? 'complete' : 'line');
  const all = tasks.filter((task) => isAskedFor(task, query));
  if (all.length === 0) refuseUnknownNames(look, tasks, query);
  const found = sort === 'id' ? all.sort((a, b) => a.taskId - b.taskId) : all;
  const start = cursor === undefined ? 0 : placeAfter(found, cursor, sort);
  const page = found.slice(start, start + limit);
  const last = page.at(-1);
  const isMore = last !== undefined && start + page.length < found.length;
  return {
    at: isoTime(look.atMs),
    tasks: page.map(lineJson),
    total: found.length,
    next_cursor: isMore ? encodeCursor({ sort, id: last.taskId, at: start + page.length }) : null,
  };
}

function lineJson({ phase, ...task }: Listed): Record<string, unknown> {
  return phase === 'complete' ? completeLineJson(task) : taskLineJson({ ...task, phase });
}

/** Complete ones that are not archived, the last changed first. */
function completeIn(tasks: readonly Task[]): Listed[] {
  const complete = tasks.filter(({ status, archivedAt }) => status === 'complete' && archivedAt === null);
  const changedMs = ({ updatedAt }: Task) => Date.parse(updatedAt) || 0;
  return complete
    .sort((a, b) => changedMs(b) - changedMs(a) || b.id - a.id)
    .map(({ id: taskId, title, queue, assignedTo: agent, priority, createdAt }) => ({
      ...{ taskId, title, queue, pool: null, agent, priority, addedMs: momentIn(createdAt) },
      ...{ phase: 'complete', run: null, waits: null, blockedBy: [], sinceMs: null },
    }));
}

/** Null: it is no time. */
function momentIn(text: string): number | null {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

function isAskedFor(task: Listed, { phase, agent, pool, queue, since }: ListQuery): boolean {
  return (
    (phase === undefined || task.phase === phase) &&
    (agent === undefined || task.agent === agent) &&
    (pool === undefined || task.pool === pool) &&
    (queue === undefined || task.queue === queue) &&
    (since === undefined || (task.addedMs !== null && task.addedMs >= since))
  );
}

/** A name that nothing has is more likely mistyped than without a task. @throws `no-such-agent` @throws `no-such-queue` */
function refuseUnknownNames(
  { agents: { agents } }: Look,
  tasks: readonly Listed[],
  { agent, pool, queue }: ListQuery,
): void {
  const names = agents.map(({ name }) => name).sort();
  if (agent !== undefined && !names.includes(agent) && !tasks.some((task) => task.agent === agent))
    throw schedulerError({ code: 'no-such-agent', agent, known: names });
  const known = [...new Set(agents.flatMap((each) => each.queue ?? []))].sort();
  for (const name of [pool, queue])
    if (
      name !== undefined &&
      !known.includes(name) &&
      !tasks.some((task) => task.pool === name || task.queue === name)
    )
      throw schedulerError({ code: 'no-such-queue', queue: name, known });
}

/** After the last one of the page before; where that is gone, at the place that it had. */
export function placeAfter(tasks: readonly Listed[], cursor: string, sort: TaskCursor['sort']): number {
  const before = decodeCursor(cursor, taskCursor);
  if (before.sort !== sort) throw wrongCursor(cursor);
  if (sort === 'id') {
    const next = tasks.findIndex(({ taskId }) => taskId > before.id);
    return next < 0 ? tasks.length : next;
  }
  const last = tasks.findIndex(({ taskId }) => taskId === before.id);
  return last < 0 ? Math.min(before.at, tasks.length) : last + 1;
}

function taskJson(task: Task, look: Look, attempts: object[]): Record<string, unknown> {
  const line = look.tasks?.find(({ taskId }) => taskId === task.id);
  return {
    ...{ task_id: task.id, title: task.title, description: task.description, status: task.status },
    ...{
      queue: task.queue,
      assigned_to: task.assignedTo,
      created_by: task.createdBy,
      priority: task.priority,
    },
    ...{ tags: task.tags, blocked_by: task.blockedByTaskId, parent: task.parentTaskId },
    added: isoTime(Date.parse(task.createdAt)),
    updated: isoTime(Date.parse(task.updatedAt)),
    archived: task.archivedAt !== null,
    where: line === undefined ? null : taskLineJson(line),
    attempts,
  };
}

function logJson({ attempt, from, to, size, text, isOver }: LogPiece): Record<string, unknown> {
  const { taskId, number } = attempt;
  if (from > size) throw new RefusedError({ code: 'beyond-log', taskId, attempt: number, from, size });
  return { task_id: taskId, ...attemptJson(attempt), from, to, size, text, is_over: isOver };
}

import { attemptJson } from '../../client/json/attempt.ts';
import { isoTime } from '../../client/json/iso-time.ts';
import { taskLineJson } from '../../client/json/tasks.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { Attempt } from '../../contract/attempts.ts';
import { hasCode, SchedulerError } from '../../contract/errors.ts';
import { taskWorkflowId } from '../../contract/ids.ts';
import type { Look, TaskComment, TaskTold } from '../../contract/listings.ts';
import { cut } from '../../domain/cut.ts';
import { READ_AGE_MS, type RouteDeps, type WebUi } from './deps.ts';
import { type Route, route } from './route.ts';
import * as shape from './shapes.ts';
import { taskAnswer } from './task-shapes.ts';

/** All that is known of one task. */
export function oneTaskRoutes({ scheduler, look, webUi }: RouteDeps): Route[] {
  return [
    route({
      ...{ method: 'get', scope: 'read', tag: 'Tasks', path: '/api/tasks/{id}', params: shape.taskParams },
      summary:
        'A task, complete or not, with its attempts as far as Temporal knows them. While Temporal or TinyTask does not answer, what the other one knows, and the problem',
      answer: taskAnswer,
      codes: ['no-such-task'],
      handle: ({ params: { id } }) =>
        scheduler.use(async (client) => taskJson(id, await readParts(client, look, id), webUi?.())),
    }),
  ];
}

/** What could be read; null: what has it does not answer, which a problem says. */
interface Parts {
  task: TaskTold | null;
  attempts: Attempt[] | null;
  look: Look | null;
  problems: string[];
}

/** @throws `no-such-task`, and what kept all from being read */
async function readParts(client: SchedulerClient, shared: RouteDeps['look'], taskId: number): Promise<Parts> {
  const [task, attempts, look] = await Promise.allSettled([
    client.task(taskId),
    client.attempts(taskId),
    shared.within(READ_AGE_MS),
  ]);
  const failed = [task, attempts, look].flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  for (const error of failed)
    if (!(error instanceof SchedulerError) || hasCode(error, 'no-such-task')) throw error;
  const known = {
    task: task.status === 'fulfilled' ? task.value : null,
    attempts: attempts.status === 'fulfilled' ? attempts.value : null,
  };
  // Whether there is such a task is not known then.
  if (known.task === null && !known.attempts?.length) throw failed[0];
  const problems = [...new Set(failed.map(({ message }: SchedulerError) => message))];
  return { ...known, look: look.status === 'fulfilled' ? look.value : null, problems };
}

function taskJson(
  taskId: number,
  { task, attempts, look, problems }: Parts,
  webUi: WebUi | undefined,
): Record<string, unknown> {
  const line = look?.tasks?.find((each) => each.taskId === taskId);
  return {
    ...{ task_id: taskId, title: task?.title ?? null, description: task?.description ?? null },
    ...{ status: task?.status ?? null, queue: task?.queue ?? null, assigned_to: task?.assignedTo ?? null },
    ...{ created_by: task?.createdBy ?? null, priority: task?.priority ?? null, tags: task?.tags ?? [] },
    ...{ blocked_by: task?.blockedByTaskId ?? null, parent: task?.parentTaskId ?? null },
    added: task && isoTime(Date.parse(task.createdAt)),
    updated: task && isoTime(Date.parse(task.updatedAt)),
    archived: task && task.archivedAt !== null,
    where: line === undefined ? null : taskLineJson(line),
    attempts:
      attempts?.map((attempt) => ({
        ...attemptJson(attempt),
        link: linkTo(webUi, taskId, attempt.runId),
      })) ?? null,
    comments: task?.comments?.slice(-COMMENTS).map(commentJson) ?? null,
    comments_total: task?.comments?.length ?? null,
    links: { workflow: linkTo(webUi, taskId) },
    problems,
  };
}

const COMMENTS = 50;
const COMMENT = { chars: 4_000, bytes: 16_000 };
const NAME = { chars: 200, bytes: 800 };

function commentJson({ id, content, createdBy, createdAt }: TaskComment): Record<string, unknown> {
  const atMs = Date.parse(createdAt);
  return {
    ...{ id, by: createdBy && cut(createdBy, NAME), at: Number.isNaN(atMs) ? null : isoTime(atMs) },
    text: cut(content, COMMENT),
  };
}

/** The newest run of a task, or the one that is named, in the Web UI of Temporal. */
function linkTo(webUi: WebUi | undefined, taskId: number, runId?: string): string | null {
  if (webUi === undefined) return null;
  const words = [
    'namespaces',
    webUi.namespace,
    'workflows',
    taskWorkflowId(taskId),
    ...(runId ? [runId] : []),
  ];
  return `${webUi.url.replace(/\/$/, '')}/${words.map(encodeURIComponent).join('/')}`;
}

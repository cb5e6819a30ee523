import type { OpenTask } from '../../contract/listings.ts';
import { cut, type TextLimit } from '../../domain/cut.ts';
import { sayComplete, sayOpenTask } from '../../words/open-task.ts';
import { isoTime } from './iso-time.ts';

/** Of a title in a list, so that one that somebody has made of megabytes harms no list; GET of the task has all of it. */
export const TITLE: TextLimit = { chars: 1_000, bytes: 4_000 };

/** Open tasks as one JSON object, times in ISO 8601. */
export function tasksJson(tasks: readonly OpenTask[]): Record<string, unknown> {
  return { tasks: tasks.map(taskLineJson), total: tasks.length };
}

/** Where an open task is, and why. */
export function taskLineJson(task: OpenTask): Record<string, unknown> {
  const { taskId, title, queue, pool, agent, priority, addedMs, phase, run, waits, blockedBy, sinceMs } =
    task;
  return {
    ...{
      task_id: taskId,
      title: cut(title, TITLE),
      queue,
      pool,
      agent,
      priority,
      added: isoTime(addedMs),
      phase,
    },
    reason: waits?.reason.why ?? null,
    still: waits?.still?.why ?? null,
    attempt: run?.attempt ?? null,
    run_since: isoTime(run?.sinceMs ?? null),
    since: isoTime(sinceMs),
    blocked_by: blockedBy,
    cause: run?.cause ?? null,
    says: sayOpenTask(task),
  };
}

/** One that is complete, with the same keys. */
export function completeLineJson(
  task: Pick<OpenTask, 'taskId' | 'title' | 'queue' | 'agent' | 'priority' | 'addedMs'>,
): Record<string, unknown> {
  const none = { pool: null, phase: 'waiting', run: null, waits: null, sinceMs: null } as const;
  return { ...taskLineJson({ ...task, ...none, blockedBy: [] }), phase: 'complete', says: sayComplete() };
}

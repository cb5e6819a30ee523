import type { OpenTask } from '../../contract/listings.ts';
import { sayOpenTask } from '../../words/open-task.ts';
import { isoTime } from './iso-time.ts';

/** Open tasks as one JSON object, times in ISO 8601. */
export function tasksJson(tasks: readonly OpenTask[]): Record<string, unknown> {
  return { tasks: tasks.map(taskLineJson), total: tasks.length };
}

/** Where an open task is, and why. */
export function taskLineJson(task: OpenTask): Record<string, unknown> {
  const { taskId, title, queue, pool, agent, priority, addedMs, phase, run, waits } = task;
  return {
    ...{ task_id: taskId, title, queue, pool, agent, priority, added: isoTime(addedMs), phase },
    reason: waits?.reason.why ?? null,
    still: waits?.still?.why ?? null,
    attempt: run?.attempt ?? null,
    run_since: isoTime(run?.sinceMs ?? null),
    says: sayOpenTask(task),
  };
}

import type { Stop } from '../../domain/attempt/judge.ts';
import { isSameTask, type Task, type TaskRef } from '../../domain/task.ts';
import { keepLooking } from '../../os/keep-looking.ts';
import type { TinyTask } from '../../tinytask/client.ts';

const LOOK_MS = 3_000;

/**
 * Watches a task while goose works on it. Deleted, archived or given to somebody else: goose is stopped at
 * once. Complete: after a grace, since its own agent may have done that. TinyTask down: goose goes on.
 */
export function watchTask(
  tinytask: TinyTask,
  { task: ref, agent, completeGraceMs }: { task: TaskRef; agent: string; completeGraceMs: number },
  stop: (why: Stop) => void,
): { stop(): void } {
  let completeSinceMs: number | undefined;
  async function look(): Promise<void> {
    const task = await tinytask.get(ref.id);
    const gone = whyGone(task, ref, agent);
    if (gone !== undefined) return stop({ why: 'task-gone', detail: gone });
    if (task?.status !== 'complete') completeSinceMs = undefined;
    else completeSinceMs ??= performance.now();
    if (completeSinceMs !== undefined && performance.now() - completeSinceMs >= completeGraceMs) {
      stop({ why: 'task-gone', detail: 'the task has been complete for a while' });
    }
  }
  return { stop: keepLooking(LOOK_MS, look) };
}

function whyGone(task: Task | undefined, ref: TaskRef, agent: string): string | undefined {
  if (task === undefined || !isSameTask(task, ref)) return 'the task was deleted';
  if (task.archivedAt !== null) return 'the task was archived';
  if (task.status !== 'complete' && task.assignedTo !== agent) {
    return `the task was given to ${task.assignedTo ?? 'nobody'}`;
  }
  return undefined;
}

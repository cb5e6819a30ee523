import type { OpenRun } from './plan.ts';
import type { Task } from './task.ts';

/**
 * Open runs whose task is not theirs any more. While goose runs, its host watches the task itself; a missing
 * task of an active run is looked into on full passes only, since it usually has just been completed.
 */
export function changedTasks(
  tasks: readonly Task[],
  runs: readonly OpenRun[],
  full: boolean,
  createdAt?: ReadonlyMap<number, string>,
): number[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return runs
    .filter((run) => {
      const task = byId.get(run.taskId);
      if (task === undefined) return full || run.state !== 'active';
      // TinyTask was reset: another task has the id now.
      if ((createdAt?.get(task.id) ?? task.createdAt) !== task.createdAt) return true;
      if (run.state === 'active' && task.status !== 'idle') return false;
      return task.assignedTo !== null && task.assignedTo !== run.agent;
    })
    .map((run) => run.taskId);
}

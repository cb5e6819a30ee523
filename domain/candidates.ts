import type { OpenRun } from './plan.ts';
import { isOpen, type Task } from './task.ts';

/**
 * What a change of TinyTask could start, as one text per task: a text that was not there before means that
 * the planner should look. A task that has a run in hand is nobody's candidate; one whose run backs off or
 * is parked counts with what could end that.
 */
export function candidates(tasks: readonly Task[], runs: readonly OpenRun[]): Set<string> {
  const runOf = new Map(runs.map((run) => [run.taskId, run]));
  const parents = new Set(tasks.map((task) => (isOpen(task) ? task.parentTaskId : null)));
  const found = new Set<string>();
  for (const task of tasks) {
    const run = runOf.get(task.id);
    if (!isOpen(task) || run?.state === 'active') continue;
    if (run !== undefined) {
      found.add(`${task.id} ${run.state} ${task.createdAt} ${task.assignedTo} ${task.status}`);
    } else if (task.status === 'idle' && !task.isCurrentlyBlocked && !parents.has(task.id)) {
      const { id, createdAt, assignedTo, queue, priority, parentTaskId, tags } = task;
      found.add(JSON.stringify([id, createdAt, assignedTo, queue, priority, parentTaskId, tags]));
    }
  }
  return found;
}

/**
 * Tasks of runs in hand that are idle: one that becomes so while watched was set back. They are in line, where they may
 * have to change their place, or leave.
 */
export function idleInHand(tasks: readonly Task[], runs: readonly OpenRun[]): string[] {
  const active = new Set(runs.filter((run) => run.state === 'active').map((run) => run.taskId));
  return tasks
    .filter((task) => active.has(task.id) && task.status === 'idle')
    .map(({ id, assignedTo, queue, priority, isCurrentlyBlocked }) =>
      JSON.stringify([id, 'in hand', assignedTo, queue, priority, isCurrentlyBlocked]),
    );
}

/** Whether something is in `now` that was not in `before`. What vanished starts nothing. */
export function hasNew(before: ReadonlySet<string>, now: ReadonlySet<string>): boolean {
  for (const text of now) if (!before.has(text)) return true;
  return false;
}

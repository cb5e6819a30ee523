import { isOpen, type Task } from '../task.ts';
import type { OpenRun } from './input.ts';

/**
 * One text for each task that could start, or whose run could go on, if something about it changes. The text has all that
 * decides this, so a text that was not there before means that a survey is due. A task whose run is at work or in line is
 * not among them (see idleInHand).
 */
export function candidates(tasks: readonly Task[], runs: readonly OpenRun[]): Set<string> {
  const runOf = new Map(runs.map((run) => [run.taskId, run]));
  const parents = parentsOf(tasks);
  const found = new Set<string>();
  for (const task of tasks) {
    const run = runOf.get(task.id);
    if (!isOpen(task) || run?.state === 'active') continue;
    if (run !== undefined)
      found.add(`${task.id} ${run.state} ${task.createdAt} ${task.assignedTo} ${task.status}`);
    else if (task.status === 'idle') found.add(textOf(task, parents));
  }
  return found;
}

/** The same for idle tasks whose run is at work or in line. If one changes, its run may have to leave the line. */
export function idleInHand(tasks: readonly Task[], runs: readonly OpenRun[]): string[] {
  const active = new Set(runs.filter((run) => run.state === 'active').map((run) => run.taskId));
  const parents = parentsOf(tasks);
  return tasks
    .filter((task) => active.has(task.id) && task.status === 'idle')
    .map((task) => `in hand ${textOf(task, parents)}`);
}

/** Open tasks that have open subtasks. */
function parentsOf(tasks: readonly Task[]): ReadonlySet<number | null> {
  return new Set(tasks.map((task) => (isOpen(task) ? task.parentTaskId : null)));
}

/** All that decides whether and when a task starts. Its blocker is part of it, since it decides the rank of the blocker. */
function textOf(task: Task, parents: ReadonlySet<number | null>): string {
  const { id, createdAt, assignedTo, queue, priority, parentTaskId, tags } = task;
  const { isCurrentlyBlocked, blockedByTaskId } = task;
  return JSON.stringify([
    ...[id, createdAt, assignedTo, queue, priority, parentTaskId, tags],
    ...[isCurrentlyBlocked, blockedByTaskId, parents.has(id)],
  ]);
}

/** Whether a text is in `now` that was not in `before`. That a text is gone starts nothing. */
export function hasNew(before: ReadonlySet<string>, now: ReadonlySet<string>): boolean {
  for (const text of now) if (!before.has(text)) return true;
  return false;
}

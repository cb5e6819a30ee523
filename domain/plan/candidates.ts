import { isOpen, type Task } from '../task.ts';
import type { OpenRun } from './input.ts';

/**
 * What a change of TinyTask may have to do with, as one text per task: a text that was not there before means that the
 * planner should look. A task that has a run in hand is not among them (see idleInHand); one whose run backs off or is
 * parked counts with what could end that.
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

/** Tasks of runs in hand that are idle. They are in line, or set back; in line they may have to move, or to leave. */
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

/** All that decides whether and when a task starts. Others wait for a blocked one, so it counts too. */
function textOf(task: Task, parents: ReadonlySet<number | null>): string {
  const { id, createdAt, assignedTo, queue, priority, parentTaskId, tags } = task;
  const { isCurrentlyBlocked, blockedByTaskId } = task;
  return JSON.stringify([
    ...[id, createdAt, assignedTo, queue, priority, parentTaskId, tags],
    ...[isCurrentlyBlocked, blockedByTaskId, parents.has(id)],
  ]);
}

/** Whether something is in `now` that was not in `before`. What vanished starts nothing. */
export function hasNew(before: ReadonlySet<string>, now: ReadonlySet<string>): boolean {
  for (const text of now) if (!before.has(text)) return true;
  return false;
}

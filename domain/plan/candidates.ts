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
      found.add(`${task.id}\0${run.state}\0${task.createdAt}\0${nameIn(task.assignedTo)}\0${task.status}`);
    else if (task.status === 'idle') found.add(textOf(task, parents));
  }
  return found;
}

/** The same for idle tasks whose run is at work or in line. If one changes, its run may have to leave the line. */
export function idleInHand(tasks: readonly Task[], runs: readonly OpenRun[]): string[] {
  const active = new Set(runs.filter((run) => run.state === 'active').map((run) => run.taskId));
  if (active.size === 0) return [];
  const parents = parentsOf(tasks);
  return tasks
    .filter((task) => active.has(task.id) && task.status === 'idle')
    .map((task) => `in hand ${textOf(task, parents)}`);
}

/** Open tasks that have open subtasks. */
function parentsOf(tasks: readonly Task[]): ReadonlySet<number | null> {
  const parents = new Set<number | null>();
  for (const task of tasks) if (task.parentTaskId !== null && isOpen(task)) parents.add(task.parentTaskId);
  return parents;
}

/** All that decides whether and when a task starts. Its blocker is part of it, since it decides the rank of the blocker. */
function textOf(task: Task, parents: ReadonlySet<number | null>): string {
  return parents.has(task.id) ? `${ownText(task)}\0parts` : ownText(task);
}

/** By the task as it was read: most have not changed since the look before, and are the same object. */
const texts = new WeakMap<Task, string>();

function ownText(task: Task): string {
  const known = texts.get(task);
  if (known !== undefined) return known;
  const text = textByFields(task);
  texts.set(task, text);
  return text;
}

function textByFields(task: Task): string {
  const { id, createdAt, assignedTo, queue, priority, parentTaskId, tags } = task;
  const { isCurrentlyBlocked, blockedByTaskId } = task;
  const own = `${id}\0${createdAt}\0${nameIn(assignedTo)}\0${nameIn(queue)}\0${priority}\0${parentTaskId}`;
  return `${own}\0${isCurrentlyBlocked}\0${blockedByTaskId}\0${tags.map((tag) => `${tag}\0`).join('')}`;
}

/** No name has a NUL (tinytask/short-name.ts), so the parts of a text are told apart. JSON would cost four times as much. */
function nameIn(name: string | null): string {
  return name === null ? '' : `=${name}`;
}

/** Whether a text is in `now` that was not in `before`. That a text is gone starts nothing. */
export function hasNew(before: ReadonlySet<string>, now: ReadonlySet<string>): boolean {
  for (const text of now) if (!before.has(text)) return true;
  return false;
}

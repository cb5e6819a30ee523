import type { Store, Value } from './database.ts';
import { addComment } from './notes.ts';
import { filledIn, Refusal } from './refusal.ts';
import { findTask, listSubtasks, listTasks, type TaskReply, task } from './task-rows.ts';

export interface NewTask {
  title: string;
  created_by: string;
  description?: string;
  assigned_to?: string;
  priority?: number;
  tags?: string[];
  parent_task_id?: number;
  queue_name?: string;
  blocked_by_task_id?: number;
}

export interface TaskChange {
  title?: string;
  description?: string;
  status?: 'idle' | 'working' | 'complete';
  assigned_to?: string;
  priority?: number;
  tags?: string[];
  parent_task_id?: number | null;
  queue_name?: string | null;
  blocked_by_task_id?: number | null;
}

/** Parents above a task: a subtask of a subtask of a subtask has no subtasks. */
const MOST_ANCESTORS = 3;

export function createTask(store: Store, input: NewTask): TaskReply {
  const title = filledIn(input.title, 'Task title is required');
  const createdBy = filledIn(input.created_by, 'created_by is required');
  const parent = input.parent_task_id === undefined ? undefined : parentFor(store, input.parent_task_id);
  if (input.blocked_by_task_id !== undefined) task(store, input.blocked_by_task_id, 'Blocking task');
  const now = store.stamp();
  const id = store.insert('tasks', {
    title,
    description: input.description || null,
    assigned_to: input.assigned_to || null,
    created_by: createdBy,
    priority: input.priority ?? 0,
    tags: JSON.stringify(input.tags ?? []),
    parent_task_id: parent?.id ?? null,
    queue_name: input.queue_name?.trim() || parent?.queue_name || null,
    blocked_by_task_id: input.blocked_by_task_id ?? null,
    created_at: now,
    updated_at: now,
  });
  mirrorSubtasks(store, parent?.id ?? null);
  return task(store, id);
}

/** An empty change leaves the task, `updated_at` included, as it is. */
export function updateTask(store: Store, id: number, change: TaskChange): TaskReply {
  const before = task(store, id);
  const columns: Record<string, Value> = {};
  if (change.title !== undefined) columns.title = filledIn(change.title, 'Task title cannot be empty');
  if (change.description !== undefined) columns.description = change.description || null;
  if (change.status !== undefined) columns.status = change.status;
  if (change.assigned_to !== undefined) {
    const assignee = change.assigned_to || null;
    if (assignee !== before.assigned_to) columns.previous_assigned_to = before.assigned_to;
    columns.assigned_to = assignee;
  }
  if (change.priority !== undefined) columns.priority = change.priority;
  if (change.tags !== undefined) columns.tags = JSON.stringify(change.tags);
  if (change.parent_task_id !== undefined) {
    if (change.parent_task_id !== null) refuseCycle(store, id, change.parent_task_id);
    columns.parent_task_id = change.parent_task_id;
  }
  if (change.queue_name !== undefined) columns.queue_name = change.queue_name?.trim() || null;
  if (change.blocked_by_task_id !== undefined) {
    if (change.blocked_by_task_id !== null) refuseBlocker(store, id, change.blocked_by_task_id);
    columns.blocked_by_task_id = change.blocked_by_task_id;
  }
  if (Object.keys(columns).length === 0) return before;
  write(store, id, columns);
  const after = task(store, id);
  const { parent_task_id: parentBefore } = before;
  if (parentBefore !== after.parent_task_id) mirrorSubtasks(store, parentBefore);
  if (parentBefore !== after.parent_task_id || change.status !== undefined) {
    mirrorSubtasks(store, after.parent_task_id);
  }
  return task(store, id);
}

/** Its subtasks, comments and links go with it; what it blocked is blocked no longer. */
export function deleteTask(store: Store, id: number): void {
  const gone = task(store, id);
  store.run('DELETE FROM tasks WHERE id = ?', [id]);
  mirrorSubtasks(store, gone.parent_task_id);
}

export function archiveTask(store: Store, id: number): TaskReply {
  const { parent_task_id } = task(store, id);
  store.run('UPDATE tasks SET archived_at = ? WHERE id = ?', [store.stamp(), id]);
  mirrorSubtasks(store, parent_task_id);
  return task(store, id);
}

/** The most urgent idle task that is assigned to `agent`, now working, or undefined. */
export function signUp(store: Store, agent: string): TaskReply | undefined {
  const [first] = listTasks(store, { assigned_to: agent, status: 'idle', limit: 1 });
  return first && updateTask(store, first.id, { status: 'working' });
}

/** Hands a task that is `from`'s to another agent: idle, with a comment by `from`. */
export function moveTask(store: Store, move: { id: number; from: string; to: string; comment: string }) {
  const { id, from, to } = move;
  const { assigned_to: assignee, status, parent_task_id } = task(store, id);
  if (assignee !== from) {
    throw new Refusal(
      `Task ${id} is not assigned to ${from} (currently assigned to: ${assignee ?? 'no one'})`,
    );
  }
  if (status === 'complete') {
    throw new Refusal(
      `Task ${id} with status '${status}' cannot be transferred (only 'idle' or 'working' are allowed)`,
    );
  }
  write(store, id, { assigned_to: to, previous_assigned_to: from, status: 'idle' });
  mirrorSubtasks(store, parent_task_id);
  const comment = addComment(store, { taskId: id, content: move.comment, createdBy: from });
  return { task: task(store, id), comment };
}

function write(store: Store, id: number, columns: Record<string, Value>): void {
  const all = { ...columns, updated_at: store.stamp() };
  const assignments = Object.keys(all).map((name) => `${name} = ?`);
  store.run(`UPDATE tasks SET ${assignments.join(', ')} WHERE id = ?`, [...Object.values(all), id]);
}

/**
 * As TinyTask 2 does whenever a subtask comes, goes or changes its status: a parent is complete when all its subtasks
 * (archived ones aside) are, working when one of them is, else idle. Without subtasks it stays as it is. So upwards.
 */
function mirrorSubtasks(store: Store, parentId: number | null): void {
  const parent = parentId === null ? undefined : findTask(store, parentId);
  if (!parent) return;
  const subtasks = new Set(listSubtasks(store, parent.id).map(({ status }) => status));
  if (subtasks.size === 0) return;
  const allComplete = subtasks.size === 1 && subtasks.has('complete');
  const status = allComplete ? 'complete' : subtasks.has('working') ? 'working' : 'idle';
  if (status === parent.status) return;
  write(store, parent.id, { status });
  mirrorSubtasks(store, parent.parent_task_id);
}

function parentFor(store: Store, parentId: number): TaskReply {
  const parent = task(store, parentId, 'Parent task');
  let ancestors = 1;
  let above = parent.parent_task_id;
  while (above !== null && ancestors <= MOST_ANCESTORS) {
    ancestors += 1;
    above = task(store, above).parent_task_id;
  }
  if (ancestors > MOST_ANCESTORS) throw new Refusal('Maximum nesting depth (3 levels) exceeded');
  return parent;
}

function refuseCycle(store: Store, id: number, parentId: number): void {
  if (parentId === id) throw new Refusal('Task cannot be its own parent');
  parentFor(store, parentId);
  const below = listSubtasks(store, id, { recursive: true, includeArchived: true });
  if (below.some((subtask) => subtask.id === parentId)) {
    throw new Refusal('Cannot create circular parent-child relationship');
  }
}

function refuseBlocker(store: Store, id: number, blockerId: number): void {
  if (blockerId === id) throw new Refusal('Task cannot be blocked by itself');
  const blocker = task(store, blockerId, 'Blocking task');
  if (blocker.blocked_by_task_id === id) {
    throw new Refusal('Cannot create circular blocking relationship');
  }
}

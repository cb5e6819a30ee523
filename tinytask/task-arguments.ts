import type { Lack } from '../domain/lack.ts';
import type { TaskStatus } from '../domain/task.ts';

// What a task is made or changed with, and how TinyTask's tools call it.

export interface TaskChange {
  status?: TaskStatus;
  /** TinyTask cannot take an assignment back. */
  assignedTo?: string;
  /** Null: it is blocked no longer. */
  blockedByTaskId?: number | null;
  priority?: number;
  queue?: string;
}

export interface NewTask {
  title: string;
  description?: string;
  createdBy: string;
  assignedTo?: string;
  queue?: string;
  priority?: number;
  tags?: string[];
  parentTaskId?: number;
  blockedByTaskId?: number;
}

/** The argument by which a task makes use of what TinyTask 1 has not got. */
const FIELD_OF: Record<Lack, string> = {
  queues: 'queue_name',
  blockers: 'blocked_by_task_id',
  subtasks: 'parent_task_id',
};

/** Of what TinyTask 1 has not got, that which these arguments make use of. */
export function usedOf(args: Record<string, unknown>): Lack[] {
  return (Object.keys(FIELD_OF) as Lack[]).filter((what) => (args[FIELD_OF[what]] ?? null) !== null);
}

export function changeArguments(change: TaskChange) {
  return {
    status: change.status,
    assigned_to: change.assignedTo,
    blocked_by_task_id: change.blockedByTaskId,
    priority: change.priority,
    queue_name: change.queue,
  };
}

export function newTaskArguments(input: NewTask) {
  return {
    title: input.title,
    description: input.description,
    created_by: input.createdBy,
    assigned_to: input.assignedTo,
    queue_name: input.queue,
    priority: input.priority,
    tags: input.tags,
    parent_task_id: input.parentTaskId,
    blocked_by_task_id: input.blockedByTaskId,
  };
}

/** A TinyTask task, as every part of the scheduler sees it. Times are ISO 8601 with seconds, in UTC. */
export type TaskStatus = 'idle' | 'working' | 'complete';

export interface Task {
  id: number;
  title: string;
  description: string | null;
  status: TaskStatus;
  assignedTo: string | null;
  previousAssignedTo: string | null;
  createdBy: string;
  priority: number;
  tags: string[];
  parentTaskId: number | null;
  queue: string | null;
  blockedByTaskId: number | null;
  createdAt: string;
  updatedAt: string;
  archivedAt: string | null;
  isCurrentlyBlocked: boolean;
}

/**
 * Which task is meant. TinyTask may be reset while Temporal's database lives on, so an id alone does not
 * name a task: a new 42 is not the old 42.
 */
export interface TaskRef {
  id: number;
  createdAt: string;
}

export function isSameTask(task: TaskRef, ref: TaskRef): boolean {
  return task.id === ref.id && task.createdAt === ref.createdAt;
}

const RECIPE = 'recipe:';

/** The recipe that a task chooses itself, by its first tag `recipe:<name>`. */
export function recipeNamed(tags: readonly string[]): string | undefined {
  return tags.find((tag) => tag.startsWith(RECIPE))?.slice(RECIPE.length);
}

const OCCURRENCE = /^occurrence:(occurrence-[A-Za-z0-9._:-]{1,180})$/;

/** Workflow id of the occurrence that has made a task, by its first such tag. Anybody can write one, so it is only told things. */
export function occurrenceNamed(tags: readonly string[]): string | undefined {
  return tags.flatMap((tag) => OCCURRENCE.exec(tag)?.[1] ?? [])[0];
}

/** Of a task whose schedule names neither a queue nor an agent: whoever wants it done gives it one. */
export const FOR_NOBODY = 'for:nobody';

/** Workflow id of the occurrence that has made a task, and is about to give it to a queue or an agent; undefined: nobody is. */
export function awaitsReleaseBy(task: Task): string | undefined {
  const { queue, assignedTo, previousAssignedTo, tags } = task;
  const isHeld = queue === null && assignedTo === null && previousAssignedTo === null;
  return isHeld && !tags.includes(FOR_NOBODY) ? occurrenceNamed(tags) : undefined;
}

export function isOpen(task: Task): boolean {
  return task.status !== 'complete' && task.archivedAt === null;
}

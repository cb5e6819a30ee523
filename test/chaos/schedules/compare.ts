import { occurrenceTag } from '../../../contract/ids.ts';
import type { Occurrence } from '../../../contract/occurrence.ts';

/** A task as TinyTask has it, archived ones too. */
export interface SeenTask {
  id: number;
  title: string;
  tags: string[];
  status: string;
  archivedAt: string | null;
  /** Comments that tell of an attempt. */
  attempts: number;
}

/** What is known of one schedule at the end. */
export interface SeenSchedule {
  name: string;
  /** Due by the server's own reckoning, while it was to fire. */
  dueMs: number[];
  history: Occurrence[];
}

/**
 * What is wrong, as sentences: each due time has one line in the history, each occurrence that began has one task that is
 * not archived, each such task belongs to one that began, and what says that it is done has a complete task.
 */
export function wrongWith(schedules: readonly SeenSchedule[], tasks: readonly SeenTask[]): string[] {
  const wrong: string[] = [];
  const live = tasks.filter(({ archivedAt }) => archivedAt === null);
  const taken = new Set<number>();
  for (const { name, dueMs, history } of schedules) {
    const planned = history.filter(({ trigger }) => trigger === 'plan');
    for (const due of dueMs) {
      const lines = planned.filter(({ plannedMs, times = 1 }) =>
        times === 1 ? plannedMs === due : plannedMs >= due,
      );
      if (lines.length !== 1)
        wrong.push(`${name}: ${new Date(due).toISOString()} has ${lines.length} lines in the history`);
    }
    for (const line of history) wrong.push(...wrongWithOne(name, line, live, taken));
  }
  for (const { id, tags } of live) {
    const made = tags.some((tag) => tag.startsWith('occurrence:'));
    if (made && !taken.has(id))
      wrong.push(`task ${id} (${tags.join(' ')}) belongs to no occurrence that began`);
  }
  for (const { id, archivedAt, attempts, tags } of tasks) {
    const isStray = archivedAt !== null && tags.some((tag) => tag.startsWith('occurrence:'));
    if (isStray && attempts > 0)
      wrong.push(`task ${id} was archived as made twice, and was tried ${attempts} times`);
  }
  return wrong;
}

function wrongWithOne(
  name: string,
  line: Occurrence,
  live: readonly SeenTask[],
  taken: Set<number>,
): string[] {
  const { workflowId, ended } = line;
  const own = live.filter(({ tags }) => tags.includes(occurrenceTag(workflowId)));
  const which = `${name}: ${workflowId}`;
  if (own.length > 1) return [`${which} has ${own.length} tasks: ${own.map(({ id }) => id).join(', ')}`];
  for (const { id } of own) taken.add(id);
  if (ended === undefined) return [`${which} is not over`];
  if (ended.end === 'left-out') return own.length === 0 ? [] : [`${which} was left out, and has a task`];
  const [task] = own;
  if (ended.end !== 'done') return [];
  if (task === undefined) return [`${which} is done, and has no task`];
  return task.status === 'complete' ? [] : [`${which} is done, and its task ${task.id} is ${task.status}`];
}

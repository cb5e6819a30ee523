import { isStill } from '../../../client/keys/add-once.ts';
import type { Desk } from './tool.ts';

/** What a `task_id` means here: a task of TinyTask by its number, or a schedule by its name. */
export type Which = { taskId: number } | { schedule: string };

/** Whose keys the names are by which tools add tasks. */
export const KEY_OWNER = 'mcp';
const LARGEST_ID = 999_999_999;

/** A name that a task was added by lately is its task, if that is still there; any other one is that of a schedule. */
export async function whichOf(
  { keys, scheduler }: Pick<Desk, 'keys' | 'scheduler'>,
  text: string,
): Promise<Which> {
  const taskId = numberIn(text);
  if (taskId !== undefined) return { taskId };
  const added = await keys.made(KEY_OWNER, text);
  if (added === undefined) return { schedule: text };
  const task = await scheduler.use((client) => client.task(added.id));
  return isStill(added, task) ? { taskId: added.id } : { schedule: text };
}

/** The number of a task as models write it: `7`, `#7`, `task 7`, `task-7`. Undefined: it is a name. */
export function numberIn(text: string): number | undefined {
  const plain = text.replace(/^(?:task[- ]?|#)(?=\d+$)/i, '');
  const number = /^\d{1,9}$/.test(plain) ? Number(plain) : 0;
  return number > 0 && number <= LARGEST_ID ? number : undefined;
}

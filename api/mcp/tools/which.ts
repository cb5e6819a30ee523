import type { Desk } from './tool.ts';

/** What a `task_id` means here: a task of TinyTask by its number, or a schedule by its name. */
export type Which = { taskId: number } | { schedule: string };

/** Whose keys the names are by which tools add tasks. */
export const KEY_OWNER = 'mcp';
const LARGEST_ID = 999_999_999;

/** A name that a task was added by lately is its task; any other one is that of a schedule. */
export async function whichOf({ keys }: Pick<Desk, 'keys'>, text: string): Promise<Which> {
  const plain = text.replace(/^(?:task[- ]?|#)(?=\d+$)/i, '');
  if (/^\d{1,9}$/.test(plain) && Number(plain) > 0 && Number(plain) <= LARGEST_ID)
    return { taskId: Number(plain) };
  const added = await keys.made(KEY_OWNER, text);
  return added === undefined ? { schedule: text } : { taskId: added };
}

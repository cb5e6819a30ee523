import type { SchedulerClient } from '../../../client/scheduler-client.ts';
import { hasCode } from '../../../contract/errors.ts';
import type { Desk } from './tool.ts';

/** What a `task_id` means here: a task of TinyTask by its number, or a schedule by its name. */
export type Which = { taskId: number } | { schedule: string };

const KEY_OWNER = 'mcp';
const LARGEST_ID = 999_999_999;

/** A name that a task was added by lately is its task; any other one is that of a schedule. */
export async function whichOf({ keys }: Pick<Desk, 'keys'>, text: string): Promise<Which> {
  const plain = text.replace(/^(?:task[- ]?|#)(?=\d+$)/i, '');
  if (/^\d{1,9}$/.test(plain) && Number(plain) > 0 && Number(plain) <= LARGEST_ID)
    return { taskId: Number(plain) };
  const added = await keys.made(KEY_OWNER, text);
  return added === undefined ? { schedule: text } : { taskId: added };
}

/** Adds a task under a name, once: the same call again finds it. @throws RefusedError `key-used` */
export function addOnce(
  { keys }: Desk,
  name: string,
  about: { request: string; make(tag: string): Promise<number>; client: SchedulerClient },
): Promise<{ id: number; isNew: boolean }> {
  const tagOf = (mark: string) => `request:${mark}`;
  return keys.once(KEY_OWNER, name, {
    request: about.request,
    make: (mark) => about.make(tagOf(mark)),
    async find(mark) {
      return (await about.client.tasks()).find(({ tags }) => tags.includes(tagOf(mark)))?.id;
    },
  });
}

/** Whether there is a schedule of that name. */
export async function isSchedule(client: SchedulerClient, name: string): Promise<boolean> {
  try {
    await client.schedules.line(name, 0);
    return true;
  } catch (error) {
    if (hasCode(error, 'no-such-schedule')) return false;
    throw error;
  }
}

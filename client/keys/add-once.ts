import { join } from 'node:path';
import type { Task } from '../../domain/task.ts';
import { oneAtATime } from '../../os/one-at-a-time.mjs';
import type { NewTaskInput, SchedulerClient } from '../scheduler-client.ts';
import type { KeyStore } from './key-store.ts';

/** What is added once for a key. */
export interface OnceAsked {
  /** Whose key it is: two may have the same. */
  owner: string;
  key: string;
  /** The same text for the same request. */
  request: string;
  task: NewTaskInput;
}

export interface AddedOnce {
  task: Task;
  /** False: the same key added it before. */
  isNew: boolean;
}

/** Adds a task that carries the mark of its key. @throws RefusedError `key-used` where the key came with another request */
export async function addOnce(
  keys: KeyStore,
  client: Pick<SchedulerClient, 'add' | 'task' | 'tasks'>,
  { owner, key, request, task }: OnceAsked,
): Promise<AddedOnce> {
  let made: Task | undefined;
  const { id, isNew } = await keys.once(owner, key, {
    request,
    async make(mark) {
      made = await client.add({ ...task, tags: [...(task.tags ?? []), tagOf(mark)] });
      return made.id;
    },
    async find(mark) {
      const tag = tagOf(mark);
      return (await client.tasks({ archived: true })).find(({ tags }) => tags.includes(tag))?.id;
    },
  });
  return { task: made ?? (await client.task(id)), isNew };
}

const tagOf = (mark: string) => `request:${mark}`;

/** The same where several processes may have the same key at once. */
export function addOnceOfMany(
  { keys, stateDir }: { keys: KeyStore; stateDir: string },
  client: Pick<SchedulerClient, 'add' | 'task' | 'tasks'>,
  asked: OnceAsked,
): Promise<AddedOnce> {
  return oneAtATime(join(stateDir, 'add-once.lock'), () => addOnce(keys, client, asked));
}

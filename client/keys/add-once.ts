import { join } from 'node:path';
import type { Task } from '../../domain/task.ts';
import { oneAtATime } from '../../os/one-at-a-time.mjs';
import type { NewTaskInput, SchedulerClient } from '../scheduler-client.ts';
import type { KeyStore, Made } from './key-store.ts';

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
  client: Pick<SchedulerClient, 'add' | 'task' | 'tasksWithTag'>,
  { owner, key, request, task: wanted }: OnceAsked,
): Promise<AddedOnce> {
  let task: Task | undefined;
  const { id, isNew } = await keys.once(owner, key, {
    request,
    async make(mark) {
      task = await client.add({ ...wanted, tags: [...(wanted.tags ?? []), tagOf(mark)] });
      return madeOf(task);
    },
    async find(mark) {
      [task] = await client.tasksWithTag(tagOf(mark));
      return task && madeOf(task);
    },
    async isOfAnother(made) {
      task = await client.task(made.id);
      return !isStill(made, task);
    },
  });
  return { task: task ?? (await client.task(id)), isNew };
}

/** Whether a task of that number is the one that was made: a TinyTask that was set up anew counts from 1 again. */
export function isStill({ createdAt }: Made, task: Task): boolean {
  return createdAt === undefined || createdAt === task.createdAt;
}

const madeOf = ({ id, createdAt }: Task): Made => ({ id, createdAt });
const tagOf = (mark: string) => `request:${mark}`;

/** The same where several processes may have the same key at once. */
export function addOnceOfMany(
  { keys, stateDir }: { keys: KeyStore; stateDir: string },
  client: Pick<SchedulerClient, 'add' | 'task' | 'tasksWithTag'>,
  asked: OnceAsked,
): Promise<AddedOnce> {
  return oneAtATime(join(stateDir, 'add-once.lock'), () => addOnce(keys, client, asked));
}

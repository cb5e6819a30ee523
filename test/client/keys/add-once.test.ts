import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addTask } from '../../../client/add-task.ts';
import { addOnce, addOnceOfMany } from '../../../client/keys/add-once.ts';
import { KeyStore } from '../../../client/keys/key-store.ts';
import type { NewTaskInput } from '../../../client/scheduler-client.ts';
import type { Task } from '../../../domain/task.ts';
import { taskOf } from '../../support/tasks.ts';
import { embeddedTinyTask, client as realTinyTask } from '../../support/tinytask.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'once-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

/** A TinyTask that takes a while to add a task. */
function tinytask(createdAt = '2026-11-26T12:00:00Z') {
  const tasks: Task[] = [];
  return {
    tasks,
    tasksWithTag: async (tag: string) => tasks.filter(({ tags }) => tags.includes(tag)),
    async task(id: number) {
      const found = tasks.find((each) => each.id === id);
      if (found === undefined) throw new Error('no such task');
      return found;
    },
    async add({ title, tags = [] }: NewTaskInput) {
      await new Promise((done) => setTimeout(done, 20));
      const task = taskOf(tasks.length + 1, { title, tags, createdAt });
      tasks.push(task);
      return task;
    },
  };
}

test('several who have the same key at once, each with a store of their own, add one task', async () => {
  const client = tinytask();
  const ask = (key: string, title: string, tags?: string[]) =>
    addOnceOfMany({ keys: new KeyStore(stateDir), stateDir }, client, {
      ...{ owner: 'script', key, request: title },
      task: { title, ...(tags && { tags }) },
    });
  const added = await Promise.all(Array.from({ length: 4 }, () => ask('a', 'one', ['mine'])));
  expect(added.map(({ task, isNew }) => [task.id, isNew]).sort()).toEqual([
    ...[1, 1, 1].map((id) => [id, false]),
    [1, true],
  ]);
  expect(client.tasks[0]?.tags).toEqual(['mine', expect.stringMatching(/^request:[0-9a-f]{32}$/)]);
  expect((await ask('b', 'two')).task.id).toBe(2);
  await expect(ask('a', 'another')).rejects.toMatchObject({ code: 'key-used' });
});

test('a task that was made by who was killed then, and archived since, is not made again', async () => {
  const { endpoint } = await embeddedTinyTask();
  const real = realTinyTask(endpoint);
  let isKilled = true;
  const client = {
    tasksWithTag: (tag: string) => real.withTag(tag, { includeArchived: true }),
    task: async (id: number) => (await real.get(id)) as Task,
    async add(task: NewTaskInput) {
      const made = await addTask(real, task);
      if (isKilled) throw new Error('killed');
      return made;
    },
  };
  const ask = () =>
    addOnce(new KeyStore(stateDir), client, { owner: 'a', key: 'k', request: 'r', task: { title: 'one' } });
  await expect(ask()).rejects.toThrow('killed');
  isKilled = false;
  await real.archive(1);
  expect(await ask()).toMatchObject({ task: { id: 1 }, isNew: false });
  expect(await real.list({ includeArchived: true })).toHaveLength(1);
});

test('a number that is another task’s in a TinyTask that was set up anew is not what the key has added', async () => {
  const [before, now] = [tinytask(), tinytask('2026-11-27T12:00:00Z')];
  const ask = (client: ReturnType<typeof tinytask>) =>
    addOnce(new KeyStore(stateDir), client, {
      ...{ owner: 'script', key: 'k', request: 'one' },
      task: { title: 'one' },
    });
  expect(await ask(before)).toMatchObject({ task: { id: 1, title: 'one' }, isNew: true });
  await now.add({ title: 'another' });
  expect(await ask(now)).toMatchObject({ task: { id: 2, title: 'one' }, isNew: true });
  expect(await ask(now)).toMatchObject({ task: { id: 2, title: 'one' }, isNew: false });
});

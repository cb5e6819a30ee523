import Database from 'libsql';
import { expect, test } from 'vitest';
import type { TinyTask } from '../../../tinytask/client.ts';
import { client, databaseFile, embeddedTinyTask } from '../../support/tinytask.ts';

const DEADLINE_MS = 30_000;
/** Less than whoever waits would be answered in anyway. */
const TOLD_WITHIN_MS = 15_000;
type Change = (tinytask: TinyTask, id: number) => Promise<unknown>;

test.each<[string, Change]>([
  ['a task is made', (tinytask) => tinytask.create({ title: 'b', createdBy: 'test' })],
  ['one is changed', (tinytask, id) => tinytask.update(id, { priority: 7 })],
  ['one is archived', (tinytask, id) => tinytask.archive(id)],
  ['one gets a comment', (tinytask, id) => tinytask.addComment(id, 'so', 'test')],
])(
  'whoever waits is told when %s',
  async (_what, change) => {
    const { endpoint } = await embeddedTinyTask();
    const tinytask = client(endpoint, DEADLINE_MS);
    const { id } = await tinytask.create({ title: 'a', createdBy: 'test' });
    const mark = await tinytask.changes();
    const told = tinytask.changes(mark);
    await change(tinytask, id);
    expect(await told).not.toBe(mark);
  },
  TOLD_WITHIN_MS,
);

test('what was written before it is asked is told at once', async () => {
  const { endpoint } = await embeddedTinyTask();
  const tinytask = client(endpoint, DEADLINE_MS);
  const mark = await tinytask.changes();
  await tinytask.create({ title: 'a', createdBy: 'test' });
  expect(await tinytask.changes(mark)).not.toBe(mark);
});

test('it answers after a time though nothing was written, and reading is no change', async () => {
  const { endpoint } = await embeddedTinyTask();
  const tinytask = client(endpoint, 400);
  const mark = await tinytask.changes();
  const told = tinytask.changes(mark);
  await tinytask.listOpen();
  expect(await told).toBe(mark);
});

test(
  'what another process writes into the file is told',
  async () => {
    const file = await databaseFile();
    const { endpoint } = await embeddedTinyTask({ file });
    const tinytask = client(endpoint, DEADLINE_MS);
    const { id } = await tinytask.create({ title: 'a', createdBy: 'test' });
    const mark = await tinytask.changes();
    const told = tinytask.changes(mark);
    const other = new Database(file);
    other.exec(`UPDATE tasks SET priority = 9 WHERE id = ${id}`);
    other.close();
    expect(await told).not.toBe(mark);
  },
  TOLD_WITHIN_MS,
);

test('after a restart all marks are others', async () => {
  const file = await databaseFile();
  const first = await embeddedTinyTask({ file });
  const mark = await client(first.endpoint, DEADLINE_MS).changes();
  await first.close();
  const second = await embeddedTinyTask({ file });
  expect(await client(second.endpoint, DEADLINE_MS).changes(mark)).not.toBe(mark);
});

test('one that is closed keeps nobody waiting', async () => {
  const server = await embeddedTinyTask();
  const tinytask = client(server.endpoint, DEADLINE_MS);
  const mark = await tinytask.changes();
  const told = tinytask.changes(mark);
  // It is under way when this one, which is sent after it, has been answered.
  await tinytask.listOpen();
  await server.close();
  expect(await told).toBe(mark);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../os/free-port.ts';
import { connectTinyTask } from '../../tinytask/client.ts';
import { openStore } from '../../tinytask/embedded/database.ts';
import { openTasksSince } from '../../tinytask/embedded/open-tasks.ts';
import { type EmbeddedTinyTask, startEmbeddedTinyTask } from '../../tinytask/embedded/server.ts';
import { archiveTask, createTask, deleteTask } from '../../tinytask/embedded/task-changes.ts';
import { OpenTasks } from '../../tinytask/open-tasks.ts';
import { answeringServer, send, sendText } from '../support/answering-server.ts';

const dir = mkdtempSync(join(tmpdir(), 'tinyscheduler-open-tasks-'));
const databaseFile = join(dir, 'tinytask.db');
let tinytask = await startEmbeddedTinyTask({ databaseFile, port: await freePort(0) });
const { port } = tinytask;
/** Keeps what it was told; `whole` is told everything each time. */
const client = connectTinyTask({ endpoint: tinytask.endpoint });
afterAll(async () => {
  await client.close();
  await tinytask.close();
  rmSync(dir, { recursive: true });
});

const whole = () => client.listOpen({ descriptions: true });
const make = (title: string, more: object = {}) => client.create({ title, createdBy: 'test', ...more });

/** What it keeps is what everything would be, description aside. */
async function isTrue(): Promise<void> {
  const all = (await whole()).map((task) => ({ ...task, description: null }));
  expect(await client.listOpen()).toEqual(all);
}

async function told(of: EmbeddedTinyTask, since?: string): Promise<Record<string, unknown>> {
  const query = since === undefined ? '' : `?since=${encodeURIComponent(since)}`;
  return (await (await fetch(`${of.endpoint}/open-tasks${query}`)).json()) as Record<string, unknown>;
}

test('each change of a task is told, and no other task', async () => {
  const first = await make('first', { description: 'long', tags: ['a', 'b'], queue: 'dev' });
  const second = await make('second', { blockedByTaskId: first.id, priority: 3 });
  const part = await make('part', { parentTaskId: second.id });
  await isTrue();
  const changes = [
    () => client.update(first.id, { status: 'working', assignedTo: 'ada' }),
    () => client.update(part.id, { status: 'working' }),
    () => client.update(second.id, { priority: -1, queue: 'qa' }),
    // Frees the second one, which itself is not written.
    () => client.update(first.id, { status: 'complete' }),
    () => client.update(first.id, { status: 'idle' }),
    () => client.archive(first.id),
    () => make('third'),
  ];
  for (const change of changes) {
    await change();
    await isTrue();
  }
  const { mark } = await told(tinytask);
  await client.update(part.id, { priority: 9 });
  const { tasks, gone, since } = await told(tinytask, String(mark));
  expect(tasks).toEqual([expect.arrayContaining([part.id, 'part'])]);
  expect({ gone, since }).toEqual({ gone: [], since: mark });
});

test('the same list, and the same tasks in it, where nothing has changed', async () => {
  const kept = await make('kept');
  const before = await client.listOpen();
  expect(await client.listOpen()).toBe(before);
  await make('other');
  const after = await client.listOpen();
  expect(after).toHaveLength(before.length + 1);
  const find = (tasks: typeof before) => tasks.find(({ id }) => id === kept.id);
  expect(find(after)).toBe(find(before));
});

test('who asks at the same time is told the same', async () => {
  await make('one more');
  const answers = await Promise.all([client.listOpen(), client.listOpen(), client.listOpen()]);
  for (const answer of answers) expect(answer).toBe(answers[0]);
  await isTrue();
});

test('what a deleted task leaves, and what is written by another process', async () => {
  const blocker = await make('blocker');
  await make('waits', { blockedByTaskId: blocker.id });
  await isTrue();
  const other = openStore(databaseFile);
  other.atomically(() => deleteTask(other, blocker.id));
  other.close();
  await isTrue();
  expect((await client.listOpen()).find(({ title }) => title === 'waits')?.isCurrentlyBlocked).toBe(false);
});

test('everything after a restart, since nobody knows what was seen', async () => {
  const { mark } = await told(tinytask);
  await tinytask.close();
  tinytask = await startEmbeddedTinyTask({ databaseFile, port });
  expect((await told(tinytask, String(mark))).since).toBeNull();
  await isTrue();
});

test('a mark with rubbish for its place is one of nobody', async () => {
  const { mark } = await told(tinytask);
  const opening = String(mark).replace(/\d+$/, '');
  for (const place of ['', 'x', 'NaN', '-1', '1.5', '1e3', '9'.repeat(30)])
    expect((await told(tinytask, opening + place)).since, place).toBeNull();
});

test('a time that SQLite wrote is the same as `get` tells', async () => {
  const { id } = await make('of an older TinyTask');
  const other = openStore(databaseFile);
  other.run('UPDATE tasks SET created_at = ?, updated_at = ? WHERE id = ?', [
    ...['2026-01-01 12:00:00', '2026-01-02 12:00:00', id],
  ]);
  other.close();
  const { createdAt, updatedAt } = (await client.listOpen()).find((task) => task.id === id) ?? {};
  expect({ createdAt, updatedAt }).toEqual({
    ...{ createdAt: '2026-01-01T12:00:00Z', updatedAt: '2026-01-02T12:00:00Z' },
  });
  expect(await client.get(id)).toMatchObject({ createdAt, updatedAt });
  await isTrue();
});

test('a change is of one moment, whatever another process writes meanwhile', () => {
  const file = join(dir, 'one-moment.db');
  const [ours, other] = [openStore(file), openStore(file)];
  const { id } = createTask(ours, { title: 'a', created_by: 'test' });
  const ask = (store: typeof ours, since: string | null) => JSON.parse(openTasksSince(store, since));
  const { mark } = ask(ours, null);
  ours.run('UPDATE tasks SET priority = 1 WHERE id = ?', [id]);
  let reads = 0;
  const interrupted = {
    ...ours,
    row: (sql: string, values?: number[]) => {
      const found = ours.row(sql, values);
      if (sql.includes('json_array(') && ++reads === 1) archiveTask(other, id);
      return found;
    },
  };
  expect(ask(interrupted, mark)).toMatchObject({ tasks: [expect.arrayContaining([id])], gone: [] });
  expect(reads).toBe(1);
  expect(ask(ours, mark)).toMatchObject({ since: null, tasks: [] });
  ours.close();
  other.close();
});

describe('a TinyTask', () => {
  /** One of which somebody asks for what is open. */
  async function askedOf(get: Parameters<typeof answeringServer>[2]) {
    const server = await answeringServer(
      (response, { id }) => sendText(response, id, '{"tasks":[]}'),
      undefined,
      get,
    );
    const asks = connectTinyTask({ endpoint: server.endpoint });
    onTestFinished(() => asks.close());
    return { asks, times: (what: string) => server.arrived.filter((each) => each === what).length };
  }
  const turns = async (count: number) => {
    for (let at = 0; at < count; at++) await new Promise((resolve) => setImmediate(resolve));
  };

  test('that answers with something else is none of ours, and is read as a whole', async () => {
    const { asks, times } = await askedOf((response) => send(response, 200, 'text/html', '<html>'));
    expect(await asks.listOpen()).toEqual([]);
    expect(await asks.listOpen()).toEqual([]);
    expect([times('GET'), times('tools/call')]).toEqual([1, 2]);
  });

  test('that hangs keeps nobody waiting for the call of another one beyond the deadline of their own', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { asks, times } = await askedOf(() => undefined);
    const failed: string[] = [];
    const ask = (name: string) => void asks.listOpen().catch(({ kind }) => failed.push(`${name} ${kind}`));
    ask('a');
    while (times('GET') === 0) await turns(1);
    for (const name of ['b', 'c', 'd']) ask(name);
    await vi.advanceTimersByTimeAsync(10_000);
    await turns(20);
    expect(failed.sort()).toEqual(['a timeout', 'b timeout', 'c timeout', 'd timeout']);
    // They share one, which has begun when the first was over.
    while (times('GET') === 1) await turns(1);
    await vi.advanceTimersByTimeAsync(20_000);
    await turns(20);
    expect(times('GET')).toBe(2);
  });
});

test('everything to who has not looked for more changes than are kept', async () => {
  const store = openStore(':memory:');
  const ask = (since: string | null) => JSON.parse(openTasksSince(store, since)) as { mark: string };
  const { id } = createTask(store, { title: 'a', created_by: 'test' });
  const { mark } = ask(null);
  const change = (times: number) =>
    store.atomically(() => {
      for (let at = 0; at < times; at++) store.run('UPDATE tasks SET priority = ? WHERE id = ?', [at, id]);
    });
  change(9_000);
  expect(ask(mark)).toMatchObject({ since: mark, tasks: [expect.arrayContaining([id, 'a'])] });
  change(2_000);
  expect(ask(mark)).toMatchObject({ since: null });
  expect(store.row('SELECT count(*) AS kept FROM temp.changes')).toMatchObject({ kept: 10_000 });
  // What was rolled back was not seen.
  const { mark: now } = ask(null);
  expect(() =>
    store.atomically(() => {
      archiveTask(store, id);
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(ask(now)).toMatchObject({ since: now, tasks: [], gone: [] });
  store.close();
});

test.each([
  ['no JSON', '<html>'],
  ['rows of another form', '{"mark":"x","since":null,"tasks":[[1]],"gone":[]}'],
  ['a change to what nobody asked for', '{"mark":"x","since":"y","tasks":[],"gone":[]}'],
])('%s is refused, and then everything is asked for', (_what, text) => {
  const open = new OpenTasks();
  open.take('{"mark":"1","since":null,"tasks":[],"gone":[]}');
  expect(open.mark).toBe('1');
  expect(() => open.take(text)).toThrow(expect.objectContaining({ kind: 'broken-reply' }));
  expect(open.mark).toBeUndefined();
});

import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { answerCall } from '../../../tinytask/embedded/calls.ts';
import { openStore, type Store } from '../../../tinytask/embedded/database.ts';
import { tools } from '../../../tinytask/embedded/tools.ts';
import { databaseFile } from '../../support/tinytask.ts';

let store: Store;

beforeEach(async () => {
  store = openStore(await databaseFile());
  return () => store.close();
});

// biome-ignore lint/suspicious/noExplicitAny: the answers are what is tested
type Json = any;

function ask(tool: string, args: Record<string, unknown> = {}): Json {
  const { content, isError } = answerCall(store, tool, args);
  const text = content[0]?.text ?? '';
  if (isError) throw new Error(text);
  return JSON.parse(text.slice(text.search(/[{[]/)));
}

function create(fields: Record<string, unknown> = {}): number {
  return ask('create_task', { title: 'a task', created_by: 'test', ...fields }).id;
}

const set = (id: number | undefined, status: string) => ask('update_task', { id, status });
const move = (id: number | undefined, parent: number | null) =>
  ask('move_subtask', { subtask_id: id, new_parent_id: parent });
const signUp = (id: number | undefined) =>
  expect(ask('signup_for_task', { agent_name: 'vaela' })).toMatchObject({ id });
const handOn = (id: number | undefined) =>
  ask('move_task', { task_id: id, current_agent: 'vaela', new_agent: 'oscar', comment: 'yours' });

const ids = (reply: { tasks: { id: number }[] }) => reply.tasks.map((task) => task.id);

describe('subtasks', () => {
  test('the last one that is completed completes the parents', () => {
    const top = create();
    const middle = create({ parent_task_id: top });
    const [first, last] = [create({ parent_task_id: middle }), create({ parent_task_id: middle })];
    ask('update_task', { id: first, status: 'complete' });
    expect(ask('get_task', { id: middle }).status).toBe('idle');
    ask('update_task', { id: last, status: 'complete' });
    expect(ask('get_task', { id: middle }).status).toBe('complete');
    expect(ask('get_task', { id: top }).status).toBe('complete');
  });

  test.each(['archive_task', 'delete_task'])('%s of the last open one completes the parent', (tool) => {
    const parent = create();
    const [done, dropped] = [create({ parent_task_id: parent }), create({ parent_task_id: parent })];
    ask('update_task', { id: done, status: 'complete' });
    ask(tool, { id: dropped });
    expect(ask('get_task', { id: parent }).status).toBe('complete');
  });

  test.each<[string, string[], (ids: number[], elsewhere: number) => void, string]>([
    ['one starts', ['idle', 'idle'], ([a]) => set(a, 'working'), 'working'],
    ['the working one goes back', ['working', 'idle'], ([a]) => set(a, 'idle'), 'idle'],
    ['a complete one is opened again', ['complete', 'complete'], ([a]) => set(a, 'idle'), 'idle'],
    ['the working one is moved away', ['working', 'idle'], ([a], other) => move(a, other), 'idle'],
    ['the open one is moved away', ['complete', 'idle'], ([, b], other) => move(b, other), 'complete'],
    ['the open one is made top-level', ['complete', 'idle'], ([, b]) => move(b, null), 'complete'],
    ['all are moved away', ['working'], ([a], other) => move(a, other), 'working'],
    ['one is taken by signing up', ['idle'], ([a]) => signUp(a), 'working'],
    ['one is handed on', ['working'], ([a]) => handOn(a), 'idle'],
    ['only its title changes', ['idle'], ([a]) => ask('update_task', { id: a, title: 'other' }), 'idle'],
  ])('their parent mirrors them: %s', (_what, statuses, change, expected) => {
    const [top, elsewhere] = [create(), create()];
    const parent = create({ parent_task_id: top });
    const subtasks = statuses.map((status) => {
      const id = create({ parent_task_id: parent, assigned_to: 'vaela' });
      set(id, status);
      return id;
    });
    change(subtasks, elsewhere);
    expect(ask('get_task', { id: parent }).status).toBe(expected);
    expect(ask('get_task', { id: top }).status).toBe(expected);
  });

  test('a parent mirrors what is moved or made below it, too', () => {
    const [parent, working] = [create(), create()];
    set(working, 'working');
    move(working, parent);
    expect(ask('get_task', { id: parent }).status).toBe('working');
    set(working, 'complete');
    expect(ask('get_task', { id: parent }).status).toBe('complete');
    create({ parent_task_id: parent });
    expect(ask('get_task', { id: parent }).status).toBe('idle');
  });

  test('a parent that loses its only, open, subtask stays open', () => {
    const parent = create();
    ask('delete_task', { id: create({ parent_task_id: parent }) });
    expect(ask('get_task', { id: parent }).status).toBe('idle');
  });

  test('take the queue of their parent unless they name one', () => {
    const parent = create({ queue_name: 'dev' });
    const subtask = { parent_task_id: parent, title: 'part', created_by: 'test' };
    expect(ask('create_subtask', subtask).queue_name).toBe('dev');
    expect(ask('create_subtask', { ...subtask, queue_name: 'qa' }).queue_name).toBe('qa');
  });

  test('go with their parent when it is deleted', () => {
    const parent = create();
    const subtask = create({ parent_task_id: parent });
    ask('delete_task', { id: parent });
    expect(() => ask('get_task', { id: subtask })).toThrow(`Task not found: ${subtask}`);
  });

  test('cannot stand in a circle, nor below the third level', () => {
    const [top, second] = [create(), create()];
    ask('move_subtask', { subtask_id: second, new_parent_id: top });
    expect(() => ask('update_task', { id: top, parent_task_id: second })).toThrow('circular');
    const third = create({ parent_task_id: second });
    const fourth = create({ parent_task_id: third });
    expect(() => create({ parent_task_id: fourth })).toThrow('Maximum nesting depth (3 levels) exceeded');
    expect(ask('get_subtasks', { parent_task_id: top, recursive: true }).count).toBe(3);
    expect(ask('move_subtask', { subtask_id: second }).parent_task_id).toBeNull();
  });
});

describe('blocked', () => {
  test.each<[string, (blocker: number) => void, boolean]>([
    ['while the blocker is idle', () => undefined, true],
    ['while the blocker is worked on', (id) => ask('update_task', { id, status: 'working' }), true],
    ['not once the blocker is complete', (id) => ask('update_task', { id, status: 'complete' }), false],
    ['not once the blocker is archived', (id) => ask('archive_task', { id }), false],
    ['not once the blocker is deleted', (id) => ask('delete_task', { id }), false],
  ])('%s', (_when, change, blocked) => {
    const blocker = create();
    const id = create({ blocked_by_task_id: blocker });
    change(blocker);
    expect(ask('get_task', { id }).is_currently_blocked).toBe(blocked);
    const listed = ask('list_tasks').tasks.find((task: { id: number }) => task.id === id);
    expect(listed.is_currently_blocked).toBe(blocked);
  });

  test('null unblocks', () => {
    const id = create({ blocked_by_task_id: create() });
    const task = ask('update_task', { id, blocked_by_task_id: null });
    expect(task).toMatchObject({ blocked_by_task_id: null, is_currently_blocked: false });
  });
});

describe('lists', () => {
  test('are in the order of priority, age, id', () => {
    const [low, high, alsoHigh] = [create(), create({ priority: 5 }), create({ priority: 5 })];
    store.run("UPDATE tasks SET created_at = '2020-01-01T00:00:00Z' WHERE id = ?", [alsoHigh]);
    expect(ids(ask('list_tasks'))).toEqual([alsoHigh, high, low]);
  });

  test('hold 100 unless told otherwise, and page', () => {
    for (let n = 0; n < 120; n += 1) create({ queue_name: 'dev' });
    expect(ask('list_tasks').count).toBe(100);
    expect(ask('list_tasks', { limit: 1000 }).count).toBe(120);
    expect(ids(ask('list_tasks', { limit: 2, offset: 118 }))).toEqual([119, 120]);
    expect(ask('get_queue_tasks', { queue_name: 'dev' }).count).toBe(120);
  });

  test.each<[Record<string, unknown>, number[]]>([
    [{}, [1, 2, 3, 5]],
    [{ status: 'working' }, [2]],
    [{ status: ['working', 'complete'] }, [2, 3]],
    [{ status: [] }, [1, 2, 3, 5]],
    [{ exclude_status: ['complete'] }, [1, 2, 5]],
    [{ include_archived: true }, [1, 2, 3, 4, 5]],
    [{ queue_name: 'dev' }, [2]],
    [{ assigned_to: 'vaela' }, [3]],
    [{ parent_task_id: 1 }, [5]],
    [{ exclude_subtasks: true }, [1, 2, 3]],
  ])('%j', (filter, expected) => {
    for (const fields of [{}, { queue_name: 'dev' }, { assigned_to: 'vaela' }, {}]) create(fields);
    ask('update_task', { id: 2, status: 'working' });
    ask('update_task', { id: 3, status: 'complete' });
    ask('archive_task', { id: 4 });
    create({ parent_task_id: 1 });
    expect(ids(ask('list_tasks', filter))).toEqual(expected);
  });
});

test('updated_at moves with each change, created_at does not', () => {
  const id = create();
  store.run("UPDATE tasks SET created_at = '2020-01-01T00:00:00Z', updated_at = '2020-01-01T00:00:00Z'");
  const { created_at, updated_at } = ask('update_task', { id, priority: 1 });
  expect(created_at).toBe('2020-01-01T00:00:00Z');
  expect(updated_at).toMatch(/^20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(updated_at).not.toBe(created_at);
});

test('a transfer resets a working task, and a complete one cannot be transferred', () => {
  const id = create({ assigned_to: 'vaela' });
  ask('update_task', { id, status: 'working' });
  const transfer = { task_id: id, current_agent: 'vaela', new_agent: 'oscar', comment: ' over to you ' };
  expect(ask('move_task', transfer)).toMatchObject({
    task: { status: 'idle', assigned_to: 'oscar', previous_assigned_to: 'vaela' },
    comment: { content: 'over to you', created_by: 'vaela' },
  });
  ask('update_task', { id, status: 'complete' });
  expect(() => ask('move_task', { ...transfer, current_agent: 'oscar' })).toThrow('cannot be transferred');
});

test('a transfer whose comment is refused changes nothing', () => {
  const id = create({ assigned_to: 'vaela' });
  const transfer = { task_id: id, current_agent: 'vaela', new_agent: 'oscar', comment: ' ' };
  expect(() => ask('move_task', transfer)).toThrow('Comment content is required');
  expect(ask('get_task', { id }).assigned_to).toBe('vaela');
});

test('signing up takes the most urgent idle task, or says that there is none', () => {
  create({ assigned_to: 'vaela' });
  const urgent = create({ assigned_to: 'vaela', priority: 9 });
  expect(ask('signup_for_task', { agent_name: 'vaela' })).toMatchObject({ id: urgent, status: 'working' });
  const none = answerCall(store, 'signup_for_task', { agent_name: 'oscar' });
  expect(none).toEqual({
    content: [{ type: 'text', text: 'No idle tasks available in queue for agent: oscar' }],
  });
});

test('comments are kept, changed, moved and removed', () => {
  const [from, to] = [create(), create()];
  const { id } = ask('add_comment', { task_id: from, content: 'hello', created_by: 'vaela' });
  expect(ask('update_comment', { id, content: 'hi' }).content).toBe('hi');
  const moved = ask('move_comment', { comment_id: id, to_task_id: to });
  expect(moved).toMatchObject({ task_id: to, content: 'hi', created_by: 'vaela' });
  expect(ask('get_comment', { id }).content).toBe(`Comment moved to task ${to} comment ${moved.id}`);
  ask('delete_comment', { id });
  expect(ask('list_comments', { task_id: from }).count).toBe(0);
  expect(() => ask('delete_comment', { id })).toThrow(`Error deleting comment: Comment not found: ${id}`);
});

test('links are kept, changed and removed', () => {
  const task_id = create();
  const { id } = ask('add_link', { task_id, url: 'file:///a', description: 'log' });
  expect(ask('update_link', { id, url: 'file:///b' })).toMatchObject({
    url: 'file:///b',
    description: 'log',
  });
  expect(ask('get_task', { id: task_id }).links).toHaveLength(1);
  ask('delete_link', { id });
  expect(ask('list_links', { task_id }).links).toEqual([]);
});

test('queues are filled, left and emptied', () => {
  const id = create();
  expect(ask('add_task_to_queue', { task_id: id, queue_name: 'dev' }).queue_name).toBe('dev');
  expect(ask('move_task_to_queue', { task_id: id, new_queue_name: 'qa' }).queue_name).toBe('qa');
  expect(ask('list_queues').queues).toEqual(['qa']);
  expect(ask('clear_queue', { queue_name: 'qa' })).toEqual({ queue_name: 'qa', tasks_cleared: 1 });
  expect(ask('remove_task_from_queue', { task_id: id }).queue_name).toBeNull();
});

test.each<[string, Record<string, unknown>, string]>([
  ['get_task', { id: 'one' }, 'Error calling tool get_task: [\n  {\n    "code": "invalid_type"'],
  ['get_task', {}, 'Error calling tool get_task: [\n  {\n    "code": "invalid_type"'],
  ['get_task', { id: 999 }, 'Task not found: 999'],
  ['update_task', { id: 999, status: 'idle' }, 'Error updating task: Task not found: 999'],
  ['update_task', { id: 1, title: ' ' }, 'Error updating task: Task title cannot be empty'],
  ['add_comment', { task_id: 999, content: 'x' }, 'Error adding comment: Task not found: 999'],
  ['list_tasks', { status: 'open' }, 'Error calling tool list_tasks: ['],
  // TinyTask makes a number of what it is given, as JavaScript does: of null 0.
  ['get_task', { id: null }, 'Task not found: 0'],
  ['update_task', { id: null, status: 'idle' }, 'Error updating task: Task not found: 0'],
  ['delete_task', { id: null }, 'Error deleting task: Task not found: 0'],
  ['add_comment', { task_id: null, content: 'x' }, 'Error adding comment: Task not found: 0'],
  ['get_task', { id: '' }, 'Task not found: 0'],
  ['get_task', { id: 1.5 }, 'Task not found: 1.5'],
  ['get_task', { id: 1e300 }, 'Task not found: 1e+300'],
  ['get_task', { id: -1 }, 'Task not found: -1'],
  ['update_task', { id: 2 ** 63, title: 'x' }, 'Error updating task: Task not found: 9223372036854776000'],
  ['add_comment', { task_id: 1e300, content: 'x' }, 'Error adding comment: Task not found: 1e+300'],
  ['create_subtask', { parent_task_id: 0.5, title: 'x', created_by: 'x' }, 'Error creating subtask: Parent'],
  // What could not be kept as it was sent.
  ['create_task', { title: 'a\0b', created_by: 'x' }, 'Error calling tool create_task: ['],
  ['create_task', { title: 'x', created_by: 'x', tags: ['a\0b'] }, 'Error calling tool create_task: ['],
  ['add_comment', { task_id: 1, content: 'a\0b' }, 'Error calling tool add_comment: ['],
  ['update_task', { id: 1, priority: Number.POSITIVE_INFINITY }, 'Error calling tool update_task: ['],
  ['list_tasks', { limit: Number.POSITIVE_INFINITY }, 'Error calling tool list_tasks: ['],
  ['__proto__', {}, 'Unknown tool: __proto__'],
  ['toString', {}, 'Unknown tool: toString'],
])('%s %j is refused', (tool, args, message) => {
  create();
  const { content, isError } = answerCall(store, tool, args);
  expect(isError).toBe(true);
  expect(content[0]?.text.startsWith(message), content[0]?.text).toBe(true);
});

test('numbers may come as texts, as agents write them', () => {
  const id = create({ priority: '7' });
  expect(ask('get_task', { id: String(id) })).toMatchObject({ id, priority: 7 });
  expect(ask('update_task', { id: ` ${id}`, priority: '8' }).priority).toBe(8);
  expect(ask('list_tasks', { limit: '1' }).count).toBe(1);
});

test.each<[Record<string, unknown>, number]>([
  [{ limit: 1e300 }, 3],
  [{ limit: 2 ** 63 }, 3],
  [{ limit: -1 }, 3],
  [{ limit: -1e300 }, 3],
  [{ limit: 2.9 }, 2],
  [{ offset: 1e300 }, 0],
  [{ offset: -5 }, 3],
  [{ parent_task_id: 1e300 }, 0],
  [{ parent_task_id: 0.5 }, 0],
])('a list with %j has %i of 3 tasks', (filter, count) => {
  for (let n = 0; n < 3; n += 1) create({ queue_name: 'dev' });
  expect(ask('list_tasks', filter).count).toBe(count);
  expect(ask('get_queue_tasks', { queue_name: 'dev', ...filter }).count).toBe(count);
});

test.each([0.5, 2 ** 53, 2 ** 53 + 2, 2 ** 63 - 1024, -(2 ** 63), 2 ** 63, 1e300, -0])(
  'a priority of %d is kept',
  (priority) => {
    const id = create({ priority });
    expect(ask('get_task', { id }).priority).toBe(priority === 0 ? 0 : priority);
    expect(ask('list_tasks').count).toBe(1);
  },
);

test.each([
  ['1 MB', 'x'.repeat(1_000_000)],
  ['controls and formats', '\u0001\u001b[2J\u0085\u200b\u202e\ufeff x'],
  ['astral characters', '👩‍👩‍👧‍👦 𝒳 \u{10ffff}'],
])('a text of %s is kept', (_what, title) => {
  const id = create({ title, description: title, assigned_to: title, queue_name: title, tags: [title] });
  const kept = title.trim();
  expect(ask('get_task', { id })).toMatchObject({ title: kept, description: title, tags: [title] });
  expect(ask('get_queue_tasks', { queue_name: title }).count).toBe(1);
});

test('half a surrogate pair, which UTF-8 cannot hold, is kept as U+FFFD', () => {
  const id = create({ title: 'a\ud800b', tags: ['\udc00'] });
  expect(ask('get_task', { id }).title).toBe('a\ufffdb');
});

test('every listed tool is there', () => {
  for (const { name } of tools) {
    expect(answerCall(store, name, {}).content[0]?.text).not.toContain('Unknown tool');
  }
});

test('every commit is on disk before it is answered', () => {
  const [full, writeAheadLog] = [2, 'wal'];
  expect(store.row('PRAGMA synchronous')).toMatchObject({ synchronous: full });
  expect(store.row('PRAGMA journal_mode')).toMatchObject({ journal_mode: writeAheadLog });
});

test('a database lives on from one server to the next', async () => {
  const file = await databaseFile();
  const first = openStore(file);
  answerCall(first, 'create_task', { title: 'kept', created_by: 'test' });
  first.close();
  const second = openStore(file);
  onTestFinished(() => second.close());
  expect(answerCall(second, 'get_task', { id: 1 }).content[0]?.text).toContain('kept');
});

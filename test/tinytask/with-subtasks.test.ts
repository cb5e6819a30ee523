import { expect, test } from 'vitest';
import { callTinyTask } from '../chaos/tinytask-calls.ts';
import { answeringServer, sendText } from '../support/answering-server.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import { client, embeddedTinyTask } from '../support/tinytask.ts';
import { startTinyTask1 } from '../support/tinytask-1.ts';

const ONE_CALL = ['get_task_with_subtasks'];
const AS_EVER = [...ONE_CALL, 'get_task'];

test('it is what the task and its subtasks are by themselves, in one call', async () => {
  const { endpoint } = await embeddedTinyTask();
  const proxy = await startHoldingProxy(endpoint);
  const tinytask = client(proxy.endpoint);
  const make = async (title: string, parentTaskId?: number) =>
    (await tinytask.create({ title, createdBy: 'test', ...(parentTaskId && { parentTaskId }) })).id;
  const parent = await make('a task');
  const [open, complete, archived] = [
    await make('open', parent),
    await make('complete', parent),
    await make('archived', parent),
  ];
  const below = await make('below', open);
  await tinytask.update(complete, { status: 'complete' });
  await tinytask.archive(archived);
  await tinytask.addComment(parent, 'a word', 'test');

  for (const id of [parent, open, below, complete, archived]) {
    const { comments: _, links: __, ...task } = (await tinytask.get(id)) ?? expect.fail();
    const subtasks = await tinytask.subtasks(id);
    proxy.passed.length = 0;
    expect(await tinytask.withSubtasks(id)).toEqual({ task, subtasks });
    expect(proxy.passed).toEqual(ONE_CALL);
  }
  expect((await tinytask.withSubtasks(parent))?.subtasks.map(({ id }) => id)).toEqual([open, complete]);
  await callTinyTask(endpoint, 'delete_task', { id: below });
  expect(await tinytask.withSubtasks(below)).toBeUndefined();
});

const task = {
  ...{ id: 1, title: 'a task', status: 'working', priority: 0, created_at: 't', updated_at: 't' },
  ...{ parent_task_id: null, archived_at: null },
};
const below = (id: number, change: object = {}) => ({
  ...task,
  id,
  status: 'idle',
  parent_task_id: 1,
  ...change,
});
const withSubtasks = (...subtasks: object[]) => JSON.stringify({ ...task, subtasks });
/** What TinyTask answers by itself to what it has not understood otherwise. */
const OTHERS: Record<string, string> = {
  get_task: JSON.stringify({ ...task, comments: [] }),
  get_subtasks: JSON.stringify({ subtasks: [below(2)] }),
};

test.each<[what: string, answer: string, isError: boolean, calls: string[]]>([
  ['tells of archived ones', withSubtasks(below(2), below(3, { archived_at: 't' })), false, ONE_CALL],
  ['tells of those below too', withSubtasks(below(2), below(3, { parent_task_id: 2 })), false, ONE_CALL],
  ['has no such tool', 'Unknown tool: get_task_with_subtasks', true, [...AS_EVER, 'get_subtasks']],
  ['refuses in other words', 'Error retrieving task: Task not found: 1', true, [...AS_EVER, 'get_subtasks']],
  ['answers another tree', JSON.stringify({ task, subtasks: [] }), false, [...AS_EVER, 'get_subtasks']],
])(
  'of a TinyTask that %s the direct ones count that are not archived',
  async (_what, answer, isError, calls) => {
    const called: string[] = [];
    const { endpoint } = await answeringServer((response, { id, params: { name = '' } = {} }) => {
      called.push(name);
      if (name === 'get_task_with_subtasks') return sendText(response, id, answer, isError);
      sendText(response, id, OTHERS[name] ?? 'Unknown tool', OTHERS[name] === undefined);
    });
    const found = await client(endpoint).withSubtasks(1);
    expect([found?.task.id, found?.subtasks.map(({ id }) => id)]).toEqual([1, [2]]);
    expect(called).toEqual(calls);
  },
);

test('a TinyTask 1 is asked as ever', async () => {
  const { endpoint, called } = await startTinyTask1();
  const tinytask = client(endpoint);
  const { id } = await tinytask.create({ title: 'a task', createdBy: 'test' });
  called.length = 0;
  expect(await tinytask.withSubtasks(id)).toMatchObject({ task: { id }, subtasks: [] });
  expect(called).toEqual(['get_task', 'get_subtasks']);
});

test('a TinyTask that cannot answer now is not asked otherwise', async () => {
  const { endpoint, arrived } = await answeringServer((response) => void response.writeHead(503).end());
  await expect(client(endpoint).withSubtasks(1)).rejects.toMatchObject({ kind: 'unreachable' });
  expect(arrived.filter((method) => method === 'tools/call')).toHaveLength(1);
});

import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { TinyTaskError } from '../../tinytask/errors.ts';
import { allowed } from '../support/allowed.ts';
import { answeringServer, greetWell, send, sendText } from '../support/answering-server.ts';
import { client, embeddedTinyTask } from '../support/tinytask.ts';

const TASK = {
  id: 1,
  title: 'a',
  status: 'idle',
  created_by: 'b',
  priority: 0,
  tags: [],
  created_at: 't',
  updated_at: 't',
};
const listOf = (...tasks: unknown[]) => JSON.stringify({ count: tasks.length, tasks });
const json = (body: unknown) => (response: ServerResponse) =>
  send(response, 200, 'application/json', typeof body === 'string' ? body : JSON.stringify(body));
const text =
  (body: string, isError = false) =>
  (response: ServerResponse, { id }: { id?: number }) =>
    sendText(response, id, body, isError);

async function failure(call: Promise<unknown>): Promise<TinyTaskError> {
  const error = await call.then(
    (value) => new Error(`no error but ${JSON.stringify(value)}`),
    (thrown) => thrown,
  );
  expect(error, error.message).toBeInstanceOf(TinyTaskError);
  return error;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

type Answer = Parameters<typeof answeringServer>[0];

describe('an answer to list_tasks that is', () => {
  test.each<[string, Answer, string, string]>([
    [
      'a page',
      (r) => send(r, 200, 'text/html', '<html><h1>Hello</h1>'),
      'broken-reply',
      '"<html><h1>Hello</h1>"',
    ],
    ['cut JSON', json('{"jsonrpc":"2.0","id":1,"resu'), 'broken-reply', 'begins "{\\"jsonrpc'],
    ['no message', json({ hello: 'world' }), 'broken-reply', 'is not MCP'],
    [
      'no tool result',
      (r, { id }) => json({ jsonrpc: '2.0', id, result: { content: 5 } })(r),
      'broken-reply',
      'list_tasks',
    ],
    [
      'an empty stream',
      (r) => send(r, 200, 'text/event-stream', ': nothing\n\n'),
      'broken-reply',
      'no message',
    ],
    [
      'a cut stream',
      (r) => send(r, 200, 'text/event-stream', 'data: {"jsonrpc":\n\n'),
      'broken-reply',
      'begins',
    ],
    [
      'empty content',
      (r, { id }) => json({ jsonrpc: '2.0', id, result: { content: [] } })(r),
      'broken-reply',
      'not JSON',
    ],
    ['text that is no JSON', text('No tasks, sorry'), 'broken-reply', 'begins "No tasks, sorry"'],
    ['cut task JSON', text(listOf(TASK).slice(0, 60)), 'broken-reply', 'not JSON'],
    ['an empty object', text('{}'), 'broken-reply', 'tasks: '],
    ['null', text('null'), 'broken-reply', 'expected object'],
    ['a task without id', text(listOf({ ...TASK, id: undefined })), 'broken-reply', 'tasks[0].id: '],
    [
      'a task with an unknown status',
      text(listOf(TASK, { ...TASK, status: 'open' })),
      'broken-reply',
      'tasks[1].status: ',
    ],
    [
      'a task with a text as priority',
      text(listOf({ ...TASK, priority: 'high' })),
      'broken-reply',
      'tasks[0].priority: ',
    ],
    ['isError', text('Error listing tasks: database is locked', true), 'refused', 'database is locked'],
    [
      'a JSON-RPC error',
      (r, { id }) => json({ jsonrpc: '2.0', id, error: { code: -32602, message: 'no such thing' } })(r),
      'refused',
      'no such thing',
    ],
    [
      'an internal error',
      (r, { id }) => json({ jsonrpc: '2.0', id, error: { code: -32603, message: 'disk full' } })(r),
      'unreachable',
      'disk full',
    ],
    ['HTTP 500', (r) => send(r, 500, 'text/plain', 'out of memory'), 'unreachable', 'HTTP 500'],
    ['HTTP 403', (r) => send(r, 403, 'text/plain', 'who are you'), 'refused', 'HTTP 403'],
    [
      'HTTP 404 without a session',
      (r) => send(r, 404, 'text/plain', 'nothing here'),
      'refused',
      'TINYSCHEDULER_MCP_ENDPOINT',
    ],
    ['a closed connection', (r) => r.destroy(), 'unreachable', 'connection lost before the answer'],
    [
      'half an answer',
      (r) => {
        r.writeHead(200, { 'content-type': 'application/json', 'content-length': 999 });
        r.write('{', () => r.destroy());
      },
      'unreachable',
      'does not answer',
    ],
  ])('%s', async (_what, answer, kind, part) => {
    const { endpoint } = await answeringServer(answer);
    const error = await failure(client(endpoint).list());
    expect(error).toMatchObject({ name: 'TinyTaskError', kind, tool: 'list_tasks' });
    expect(error.message).toContain(part);
    expect(error.message.length).toBeLessThan(700);
  });
});

describe('get', () => {
  test.each([
    ['Task not found: 12', 'another task'],
    ['Task not found: 1 ', 'nearly the words'],
    ['Error retrieving task: Task not found: 1', 'a wrapped refusal'],
    ['database is locked', 'something else'],
  ])('%j is an error, not an absent task (%s)', async (answer) => {
    const { endpoint } = await answeringServer(text(answer, true));
    expect(await failure(client(endpoint).get(1))).toMatchObject({ kind: 'refused', tool: 'get_task' });
  });

  test('the words alone do not make a task absent', async () => {
    const { endpoint } = await answeringServer(text('Task not found: 1'));
    expect(await failure(client(endpoint).get(1))).toMatchObject({ kind: 'broken-reply' });
  });
});

describe('the deadline', () => {
  test.each<[string, Parameters<typeof answeringServer>]>([
    ['a call that hangs', [() => undefined]],
    ['a greeting that hangs', [text('{"tasks":[]}'), () => undefined]],
    [
      'an answer that stops half way',
      [
        (r) => {
          r.writeHead(200, { 'content-type': 'application/json' });
          r.write('{"json');
        },
      ],
    ],
  ])('ends %s', async (_what, server) => {
    const { endpoint } = await answeringServer(...server);
    const startedAt = performance.now();
    const error = await failure(client(endpoint, 200).list());
    expect(error).toMatchObject({ kind: 'timeout', tool: 'list_tasks' });
    expect(error.message).toContain('no answer within 200 ms');
    expect(performance.now() - startedAt).toBeLessThan(allowed(1_500));
  });

  test('includes connecting', async () => {
    const slowly = (answer: () => void) => void setTimeout(answer, 150);
    const { endpoint } = await answeringServer(
      (response, { id }) => slowly(() => sendText(response, id, '{"tasks":[]}')),
      (response, message) => slowly(() => greetWell(response, message)),
    );
    const tinyTask = client(endpoint, 250);
    expect(await failure(tinyTask.list())).toMatchObject({ kind: 'timeout' });
    expect(await tinyTask.list()).toEqual([]);
  });

  test('lets go of the connection', async () => {
    let dropped = false;
    const { endpoint } = await answeringServer((response) => {
      response.on('close', () => {
        dropped = true;
      });
    });
    await failure(client(endpoint, 200).list());
    await expect.poll(() => dropped).toBe(true);
  });

  test('does not keep close waiting', async () => {
    const { endpoint, connections } = await answeringServer(() => undefined);
    const tinyTask = client(endpoint, 60_000);
    const call = failure(tinyTask.list());
    await expect.poll(() => connections.size).toBe(1);
    await tinyTask.close();
    expect(await call).toMatchObject({ kind: 'unreachable' });
    await expect.poll(() => connections.size).toBe(0);
  });
});

describe('nothing there', () => {
  test('a refused connection says what to do', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const error = await failure(client(endpoint).list());
    expect(error).toMatchObject({ kind: 'unreachable', tool: 'list_tasks' });
    expect(error.message).toBe(
      `TinyTask at ${endpoint}/mcp does not answer (connection refused): start it, or set TINYSCHEDULER_MCP_ENDPOINT`,
    );
  });

  test('an unknown host', async () => {
    const error = await failure(client('http://tinytask.invalid:3000').list());
    expect(error).toMatchObject({ kind: 'unreachable' });
    expect(error.message).toMatch(/does not answer \((no such host|the name service does not answer)\)/);
  });
});

describe('health', () => {
  test('is fine with an embedded TinyTask', async () => {
    await client((await embeddedTinyTask()).endpoint).health();
  });

  test('is fine where only MCP answers', async () => {
    const { endpoint, arrived } = await answeringServer(
      () => undefined,
      (response, message) => {
        if (message.method === 'ping') return json({ jsonrpc: '2.0', id: message.id, result: {} })(response);
        json({
          jsonrpc: '2.0',
          id: message.id,
          result: {
            protocolVersion: '2025-06-18',
            capabilities: {},
            serverInfo: { name: 't', version: '1' },
          },
        })(response);
      },
    );
    await client(endpoint).health();
    expect(arrived).toEqual(['GET', 'initialize', 'notifications/initialized', 'ping']);
  });

  test('is an error where nothing answers', async () => {
    const error = await failure(client(`http://127.0.0.1:${await freePort()}`).health());
    expect(error).toMatchObject({ kind: 'unreachable', tool: 'health' });
  });
});

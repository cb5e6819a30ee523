import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { client, databaseFile, embeddedTinyTask } from '../support/tinytask.ts';
import { startTinyTask1 } from '../support/tinytask-1.ts';

const title = ({ title: of }: { title: string }) => of;

describe.each([
  ['at its usual address, where it refuses the newer greeting', '/mcp', ''],
  ['at an address that ends in /sse', '/sse', '/sse'],
  ['at an address that ends in /sse/', '/sse', '/sse/'],
])('a TinyTask 1 %s', (_where, path, asked) => {
  test('is worked with; what it has not got is null, none or false', async () => {
    const server = await startTinyTask1({ path });
    const tinyTask = client(`${server.endpoint}${asked}`);
    expect(tinyTask.speaks).toBeUndefined();
    const made = await tinyTask.create({ title: 'a', createdBy: 'test', assignedTo: 'vaela', tags: ['x'] });
    expect(made).toMatchObject({ assignedTo: 'vaela', tags: ['x'], queue: null, blockedByTaskId: null });
    expect(made).toMatchObject({ parentTaskId: null, previousAssignedTo: null, isCurrentlyBlocked: false });
    expect(tinyTask.speaks).toBe('sse');
    await tinyTask.health();
    expect((await tinyTask.update(1, { status: 'working' })).status).toBe('working');
    const comment = await tinyTask.addComment(1, 'hello', 'me');
    expect(await tinyTask.comments(1)).toEqual([comment]);
    expect((await tinyTask.get(1))?.comments).toEqual([comment]);
    expect(await tinyTask.get(99)).toBeUndefined();
    await expect(tinyTask.addComment(99, 'x', 'y')).rejects.toMatchObject({ name: 'TaskNotFound' });
    expect(await tinyTask.subtasks(1)).toEqual([]);
    await tinyTask.deleteComment(comment.id);
    await tinyTask.deleteComment(comment.id);
    expect(server.sessions()).toBe(1);
  });
});

test('times of a TinyTask 1 are UTC, also where the clock of this host is not', async () => {
  const zone = process.env.TZ;
  process.env.TZ = 'Asia/Tokyo';
  onTestFinished(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });
  const { endpoint } = await startTinyTask1();
  const { createdAt } = await client(endpoint).create({ title: 'a', createdBy: 'test' });
  expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(Math.abs(Date.parse(createdAt) - Date.now())).toBeLessThan(60_000);
});

test('the open tasks of a TinyTask 1, which lists one status at a time', async () => {
  const server = await startTinyTask1();
  const tinyTask = client(server.endpoint);
  for (const name of ['idle', 'working', 'complete'] as const) {
    const { id } = await tinyTask.create({ title: name, createdBy: 'test' });
    await tinyTask.update(id, { status: name });
  }
  expect((await tinyTask.listOpen()).map(title)).toEqual(['idle', 'working']);
  const asked = () => server.called.filter((tool) => tool === 'list_tasks').length;
  expect(asked(), 'what it refused is asked for once').toBe(3);
  await tinyTask.listOpen();
  expect(asked()).toBe(5);
  const list = await tinyTask.list({ status: ['complete', 'working'], limit: 1 });
  expect(list.map(title)).toEqual(['working']);
  expect((await tinyTask.list()).map(title)).toEqual(['idle', 'working', 'complete']);
});

test.each([
  [{ queue: 'dev' }, 'no queues'],
  [{ blockedByTaskId: 1 }, 'no blockers'],
  [{ parentTaskId: 1, queue: 'dev' }, 'no queues and no subtasks'],
])('a task with %j is refused, not made without', async (more, says) => {
  const server = await startTinyTask1();
  const tinyTask = client(server.endpoint);
  const error = await tinyTask.create({ title: 'a', createdBy: 'b', ...more }).catch((thrown) => thrown);
  expect(error).toMatchObject({ kind: 'refused', tool: 'create_task' });
  expect(error.message).toBe(`TinyTask has ${says}, since it is TinyTask 1: nothing was changed`);
  expect(server.called).toEqual([]);
});

test('which TinyTask it is', async () => {
  const older = client((await startTinyTask1()).endpoint);
  expect(await older.kind()).toEqual({ speaks: 'sse', lacks: ['queues', 'blockers', 'subtasks'] });
  const newer = client((await embeddedTinyTask()).endpoint);
  expect(await newer.kind()).toEqual({ speaks: 'streamable-http', lacks: [] });
});

describe('the connection to a TinyTask 1', () => {
  test('is one for calls at the same time, and leaves nothing when it is closed', async () => {
    const server = await startTinyTask1();
    const tinyTask = client(server.endpoint);
    await Promise.all(Array.from({ length: 20 }, () => tinyTask.list()));
    expect(server.sessions()).toBe(1);
    await tinyTask.close();
    await expect(tinyTask.list()).rejects.toThrow('The TinyTask client was closed');
  });

  test('is made anew after a restart, for a call that may not be done twice, too', async () => {
    const file = await databaseFile();
    const first = await startTinyTask1({ file });
    const tinyTask = client(first.endpoint);
    await tinyTask.create({ title: 'before', createdBy: 'test' });
    await first.close();
    await expect(tinyTask.listOpen()).rejects.toMatchObject({ kind: 'unreachable' });
    await startTinyTask1({ file, port: first.port });
    await tinyTask.create({ title: 'after', createdBy: 'test' });
    expect((await tinyTask.listOpen()).map(title)).toEqual(['before', 'after']);
  });

  test('is made anew when TinyTask has forgotten it', async () => {
    const server = await startTinyTask1();
    const tinyTask = client(server.endpoint);
    await tinyTask.create({ title: 'a', createdBy: 'b' });
    server.forget();
    await Promise.all([tinyTask.create({ title: 'b', createdBy: 'b' }), tinyTask.listOpen()]);
    expect(server.sessions()).toBe(2);
  });

  test.each<[string, number, (tinyTask: ReturnType<typeof client>) => Promise<unknown>]>([
    ['update_task', 2, (tinyTask) => tinyTask.update(1, { status: 'idle' })],
    ['get_task', 2, (tinyTask) => tinyTask.get(1)],
    ['create_task', 1, (tinyTask) => tinyTask.create({ title: 'a', createdBy: 'b' })],
    ['add_comment', 1, (tinyTask) => tinyTask.addComment(1, 'a', 'b')],
  ])('that is lost during %s: done %i times', async (tool, times, call) => {
    const server = await startTinyTask1({
      instead: (_tool, stream) => {
        stream.destroy();
        return 'nothing';
      },
    });
    const error = await call(client(server.endpoint)).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ kind: 'unreachable' });
    expect(error).toHaveProperty('message', expect.stringContaining('(connection lost before the answer)'));
    expect(server.called.filter((called) => called === tool)).toHaveLength(times);
  });

  test('is given up after a call without an answer, since nobody says that it is dead', async () => {
    let dead = true;
    const server = await startTinyTask1({ instead: () => (dead ? 'nothing' : 'the answer') });
    const tinyTask = client(server.endpoint, 1_000);
    const error = await tinyTask.list().catch((thrown) => thrown);
    expect(error).toMatchObject({ kind: 'timeout', tool: 'list_tasks' });
    dead = false;
    expect(await tinyTask.list()).toEqual([]);
    expect(server.sessions()).toBe(2);
  });
});

/** A server that begins a stream and then does as `then` says, whatever is POSTed to it. */
async function streamingServer(
  begin: (stream: ServerResponse) => void,
  then: (stream: ServerResponse, message: { id?: string; method: string }) => void = () => undefined,
) {
  let stream: ServerResponse | undefined;
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
      return begin(stream);
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(202).end('Accepted');
    if (stream !== undefined) then(stream, JSON.parse(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse`;
}

const well = (stream: ServerResponse) => void stream.write('event: endpoint\ndata: /m?sessionId=1\n\n');
const tell = (stream: ServerResponse, message: unknown) =>
  void stream.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
const GREETING = {
  protocolVersion: '2024-11-05',
  capabilities: { tools: {} },
  serverInfo: { name: 't', version: '1' },
};
/** Greets well, and answers a call with what `say` writes. */
const answering = (say: (stream: ServerResponse, id: string) => void) =>
  streamingServer(well, (stream, { id = '', method }) => {
    if (method === 'initialize') tell(stream, { jsonrpc: '2.0', id, result: GREETING });
    if (method === 'tools/call') say(stream, id);
  });
const tasks = (text: string) => ({ content: [{ type: 'text', text }] });

describe('a stream that', () => {
  test.each<[string, Promise<string> | (() => Promise<string>), string, string]>([
    ['says nothing', () => streamingServer(() => undefined), 'timeout', 'no answer within 400 ms'],
    ['ends at once', () => streamingServer((stream) => stream.end()), 'unreachable', 'connection lost'],
    [
      'sends us to another server',
      () => streamingServer((stream) => stream.write('event: endpoint\ndata: http://127.0.0.1:1/m\n\n')),
      'broken-reply',
      'it asks to be answered at "http://127.0.0.1:1/m", which is not there',
    ],
    [
      'names no address',
      () => streamingServer((stream) => stream.write('event: endpoint\ndata: http://[\n\n')),
      'broken-reply',
      'which is not there',
    ],
    ['does not greet', () => streamingServer(well), 'timeout', 'no answer within'],
    [
      'answers with what is no JSON',
      () => answering((stream) => stream.write('data: {"jsonrpc":\n\n')),
      'broken-reply',
      'begins',
    ],
    [
      'answers with what is no message',
      () => answering((stream) => tell(stream, { hello: 'world' })),
      'broken-reply',
      'it begins "{\\"hello',
    ],
    [
      'answers with a broken task',
      () => answering((stream, id) => tell(stream, { jsonrpc: '2.0', id, result: tasks('{"tasks":[{}]}') })),
      'broken-reply',
      'tasks[0].id',
    ],
    [
      'answers without an id',
      () => answering((stream) => tell(stream, { jsonrpc: '2.0', id: null, result: tasks('{"tasks":[]}') })),
      'broken-reply',
      'begins',
    ],
    [
      'answers another, who counts as we do',
      () =>
        answering((stream, id) => {
          const theirs = { ...JSON.parse('{"jsonrpc":"2.0"}'), result: tasks('{"tasks":[]}') };
          for (const other of [1, '1', `x${id}`]) tell(stream, { ...theirs, id: other });
        }),
      'timeout',
      'no answer within',
    ],
  ])('%s', async (_what, server, kind, part) => {
    const endpoint = await (typeof server === 'function' ? server() : server);
    // Only what never comes is waited for.
    const error = await client(endpoint, kind === 'timeout' ? 400 : 10_000)
      .list()
      .catch((thrown) => thrown);
    expect(error, error.message).toMatchObject({ name: 'TinyTaskError', kind, tool: 'list_tasks' });
    expect(error.message).toContain(part);
    expect(error.message.length).toBeLessThan(700);
  });

  test.each([
    ['no stream', 404, 'broken-reply'],
    ['a server in trouble', 503, 'unreachable'],
  ])('is %s (%i)', async (_what, status, kind) => {
    const server = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse`;
    const error = await client(endpoint)
      .list()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ kind });
    expect(error.message).toContain(`HTTP ${status}`);
  });

  test('is there where the newer greeting was refused, and says nothing: the refusal is told', async () => {
    const server = createServer((request, response) => {
      if (request.method === 'GET')
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      else response.writeHead(404).end('no such page');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const error = await client(endpoint, 2_000)
      .list()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).toContain('HTTP 404');
  });

  test('arrives in pieces, some of them half a character', async () => {
    const endpoint = await answering(async (stream, id) => {
      const task = {
        id: 1,
        title: 'größer 👩‍👦',
        status: 'idle',
        priority: 0,
        created_at: 't',
        updated_at: 't',
      };
      const bytes = Buffer.from(
        `: hello\r\nevent: message\r\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result: tasks(JSON.stringify({ tasks: [task] })) })}\r\n\r\n`,
      );
      for (let at = 0; at < bytes.length; at += 7) {
        stream.write(bytes.subarray(at, at + 7));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    expect((await client(endpoint).list()).map(title)).toEqual(['größer 👩‍👦']);
  });
});

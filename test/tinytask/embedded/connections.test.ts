import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startEmbeddedTinyTask } from '../../../tinytask/embedded/server.ts';
import { client, databaseFile } from '../../support/tinytask.ts';

const LIMITS = { headersMs: 300, requestMs: 600, idleMs: 300, silentMs: 800, connections: 20 };
const CALL = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'list_tasks', arguments: { limit: 1000 } },
});

function post(body: string, length = Buffer.byteLength(body)): string {
  return [
    'POST /mcp HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `Content-Length: ${length}`,
    '',
    body,
  ].join('\r\n');
}

async function serve(limits = LIMITS) {
  const server = await startEmbeddedTinyTask({ databaseFile: await databaseFile(), port: 0, limits });
  onTestFinished(server.close);
  return server;
}

async function open(
  port: number,
): Promise<{ socket: Socket; closed: Promise<string>; answer: () => string }> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  const closed = once(socket, 'close').then(() => 'closed');
  await once(socket, 'connect');
  return { socket, closed, answer: () => answer };
}

describe('a connection that stalls is dropped', () => {
  const stalls: [what: string, send: (socket: Socket) => unknown][] = [
    ['without a byte', () => undefined],
    ['within a header', (socket) => socket.write('POST /mcp HTTP/1.1\r\nHost: loc')],
    ['within a body', (socket) => socket.write(post('{"jsonrpc":', 500))],
    ['after an answer', (socket) => socket.write(post(CALL))],
    ['with a byte now and then', (socket) => drip(socket)],
  ];
  test.each(stalls)('%s', async (_what, send) => {
    const { port } = await serve();
    const { socket, closed } = await open(port);
    await send(socket);
    expect(await Promise.race([closed, sleep(5_000, 'open', { ref: false })])).toBe('closed');
  });

  async function drip(socket: Socket): Promise<void> {
    const request = post('{"jsonrpc":', 500);
    for (let at = 0; !socket.destroyed; at += 1) {
      socket.write(request[at] ?? ' ');
      await sleep(20);
    }
  }

  test('with an answer that it does not read', async () => {
    const server = await serve({ ...LIMITS, headersMs: 60_000, requestMs: 60_000 });
    const tinytask = client(server.endpoint);
    for (let n = 0; n < 20; n += 1)
      await tinytask.create({ title: 'a task', createdBy: 'test', description: 'x'.repeat(1_000_000) });
    const { socket, closed, answer } = await open(server.port);
    socket.write(post(CALL));
    // Its time begins with the answer, which a busy machine takes a while to make.
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    await sleep(LIMITS.silentMs * 3);
    socket.resume();
    expect(await Promise.race([closed, sleep(5_000, 'open', { ref: false })])).toBe('closed');
    expect(answer().length).toBeLessThan(19_000_000);
  });
});

test('more connections than there may be are closed, and there is room again when the others end', async () => {
  const { port, endpoint } = await serve({
    ...LIMITS,
    headersMs: 60_000,
    requestMs: 60_000,
    silentMs: 60_000,
  });
  const held = await Promise.all(Array.from({ length: LIMITS.connections }, () => open(port)));
  const { closed } = await open(port);
  expect(await Promise.race([closed, sleep(2_000, 'open', { ref: false })])).toBe('closed');
  for (const { socket } of held) socket.destroy();
  await expect.poll(async () => (await client(endpoint).list({ limit: 1 })).length).toBe(0);
});

test('1,000 at a time are served', async () => {
  const server = await startEmbeddedTinyTask({ databaseFile: await databaseFile(), port: 0 });
  onTestFinished(server.close);
  const all = await Promise.all(Array.from({ length: 1_000 }, () => open(server.port)));
  for (const { socket } of all) socket.write(post(CALL));
  await expect
    .poll(() => all.every(({ answer }) => answer().includes('\\"count\\": 0')), { timeout: 150_000 })
    .toBe(true);
});

test('a session that rests for longer than a connection may goes on with a new connection', async () => {
  const server = await serve();
  const tinytask = client(server.endpoint);
  const { id } = await tinytask.create({ title: 'a task', createdBy: 'test' });
  for (const restMs of [0, LIMITS.idleMs, LIMITS.idleMs + 400, LIMITS.silentMs + 400]) {
    await sleep(restMs);
    expect((await tinytask.get(id))?.title).toBe('a task');
  }
});

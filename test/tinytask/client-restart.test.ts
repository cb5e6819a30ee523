import { describe, expect, test } from 'vitest';
import { answeringServer, greetWell, send, sendText } from '../support/answering-server.ts';
import { client, databaseFile, embeddedTinyTask } from '../support/tinytask.ts';

const TASK = JSON.stringify({
  id: 1,
  title: 'a',
  status: 'idle',
  created_by: 'b',
  priority: 0,
  tags: [],
  created_at: 't',
  updated_at: 't',
});

test('calls go on after the embedded TinyTask was restarted, creating ones included', async () => {
  const file = await databaseFile();
  const first = await embeddedTinyTask({ file });
  const tinyTask = client(first.endpoint);
  await tinyTask.create({ title: 'before', createdBy: 'test' });
  await first.close();
  await expect(tinyTask.listOpen()).rejects.toMatchObject({ kind: 'unreachable' });
  await embeddedTinyTask({ file, port: first.port });
  await tinyTask.create({ title: 'after', createdBy: 'test' });
  expect((await tinyTask.listOpen()).map(({ title }) => title)).toEqual(['before', 'after']);
});

/** A server that knows one session at a time, and forgets it when told to. */
async function forgetfulServer(status: number, words: string) {
  let sessions = 0;
  let known = '';
  const server = await answeringServer(
    (response, { id }, request) => {
      if (request.headers['mcp-session-id'] !== known) return send(response, status, 'text/plain', words);
      sendText(response, id, TASK);
    },
    (response, message) => {
      sessions += 1;
      known = `session-${sessions}`;
      response.setHeader('mcp-session-id', known);
      greetWell(response, message);
    },
  );
  return {
    ...server,
    forget: () => {
      known = '';
    },
    sessions: () => sessions,
  };
}

describe.each([
  [404, 'Session not found'],
  [400, 'Bad Request: No valid session ID provided'],
])('a session that is forgotten (%i %s)', (status, words) => {
  test('is opened again once for all calls, which are sent again', async () => {
    const server = await forgetfulServer(status, words);
    const tinyTask = client(server.endpoint);
    await tinyTask.update(1, { status: 'idle' });
    server.forget();
    await Promise.all([
      tinyTask.update(1, { status: 'idle' }),
      tinyTask.create({ title: 'a', createdBy: 'b' }),
      tinyTask.update(1, { status: 'working' }),
    ]);
    expect(server.sessions()).toBe(2);
  });
});

test('a session that is forgotten again at once is an error, not a loop', async () => {
  const server = await answeringServer(
    (response) => send(response, 404, 'text/plain', 'Session not found'),
    (response, message) => {
      response.setHeader('mcp-session-id', 'forgotten');
      greetWell(response, message);
    },
  );
  await expect(client(server.endpoint).listOpen()).rejects.toMatchObject({ kind: 'refused' });
  expect(server.arrived.filter((what) => what === 'tools/call')).toHaveLength(2);
});

test.each<[string, number, (tinyTask: ReturnType<typeof client>) => Promise<unknown>]>([
  ['update', 2, (tinyTask) => tinyTask.update(1, { status: 'idle' })],
  ['get', 2, (tinyTask) => tinyTask.get(1)],
  ['create', 1, (tinyTask) => tinyTask.create({ title: 'a', createdBy: 'b' })],
  ['addComment', 1, (tinyTask) => tinyTask.addComment(1, 'a', 'b')],
])('a connection lost during %s: sent %i times', async (_call, times, call) => {
  const server = await answeringServer((response) => response.destroy());
  await expect(call(client(server.endpoint))).rejects.toMatchObject({ kind: 'unreachable' });
  expect(server.arrived.filter((what) => what === 'tools/call')).toHaveLength(times);
});

test('a connection lost during the greeting is no reason not to create', async () => {
  let greetings = 0;
  const server = await answeringServer(
    (response, { id }) => sendText(response, id, TASK),
    (response, message) => {
      greetings += 1;
      if (greetings === 1) response.destroy();
      else greetWell(response, message);
    },
  );
  await client(server.endpoint).create({ title: 'a', createdBy: 'b' });
  expect(server.arrived.filter((what) => what === 'tools/call')).toHaveLength(1);
});

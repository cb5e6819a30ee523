import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { startEmbeddedTinyTask } from '../../../tinytask/embedded/server.ts';
import { databaseFile, embeddedTinyTask, fixture } from '../../support/tinytask.ts';

/** The status of a request whose headers are ours alone, the Host included. */
function statusOf(endpoint: string, method: string, path: string, headers: Record<string, string>) {
  return new Promise<number>((resolve, reject) => {
    const sent = request(new URL(path, endpoint), { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' : undefined);
  });
}

const MCP = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

describe('who is served', () => {
  test.each<[string, Record<string, string>, number]>([
    ['127.0.0.1', { host: '127.0.0.1:1234' }, 200],
    ['localhost', { host: 'localhost:1234' }, 200],
    ['IPv6 loopback', { host: '[::1]:1234' }, 200],
    ['a page of this machine', { host: 'localhost', origin: 'http://localhost:5173' }, 200],
    ['a name that resolves to this machine', { host: 'evil.example:3000' }, 403],
    ['a name that begins like this machine', { host: '127.0.0.1.evil.example' }, 403],
    ['a page from elsewhere', { host: 'localhost', origin: 'https://evil.example' }, 403],
    ['a page from a file', { host: 'localhost', origin: 'null' }, 403],
  ])('%s', async (_who, headers, status) => {
    const { endpoint } = await embeddedTinyTask();
    expect(await statusOf(endpoint, 'POST', '/mcp', { ...MCP, ...headers })).toBe(status);
    expect(await statusOf(endpoint, 'GET', '/health', headers)).toBe(status);
  });
});

test.each([
  ['GET', '/mcp', 405],
  ['DELETE', '/mcp', 405],
  ['GET', '/', 404],
  ['POST', '/health', 404],
])('%s %s is %i', async (method, path, status) => {
  const { endpoint } = await embeddedTinyTask();
  expect(await statusOf(endpoint, method, path, MCP)).toBe(status);
});

test('health has the recorded form, and its home beside it', async () => {
  const { endpoint } = await embeddedTinyTask();
  const answer = (await (await fetch(`${endpoint}/health`)).json()) as Record<string, unknown>;
  const { home, ...health } = answer;
  expect(home).toMatch(/^\//);
  const recorded = (await fixture('health.json')) as Record<string, unknown>;
  const kinds = (of: Record<string, unknown>) =>
    Object.entries(of).map(([key, value]) => [key, typeof value]);
  expect(kinds(health)).toEqual(kinds(recorded));
  expect(health).toMatchObject({ status: 'healthy', transport: 'streamable-http', database: 'connected' });
});

test.each([
  ['an id of null', '{"jsonrpc":"2.0","id":null,"method":"tools/list"}'],
  ['an id of 1.5', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}'],
  ['no JSON', 'tasks?'],
])('a message with %s is answered 400, without an id', async (_what, body) => {
  const { endpoint } = await embeddedTinyTask();
  const response = await fetch(`${endpoint}/mcp`, { method: 'POST', headers: MCP, body });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ id: null, error: { code: -32_700 } });
});

describe('what cannot be started says why', () => {
  test('a taken port', async () => {
    const { port } = await embeddedTinyTask();
    const start = startEmbeddedTinyTask({ databaseFile: await databaseFile(), port });
    await expect(start).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken by another program: end that program, or choose another port`,
    );
  });

  test('a host that is not this machine', async () => {
    const start = startEmbeddedTinyTask({ databaseFile: await databaseFile(), port: 0, host: '0.0.0.0' });
    await expect(start).rejects.toThrow('serves this machine only, not 0.0.0.0');
  });
});

import { request } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { client, embeddedTinyTask, fixture } from '../../support/tinytask.ts';

/** Of the SDK's transport, which each message has its own of. */
let bySdk = vi.spyOn(StreamableHTTPServerTransport.prototype, 'handleRequest');
beforeEach(() => {
  bySdk = vi.spyOn(StreamableHTTPServerTransport.prototype, 'handleRequest');
});
afterEach(() => void bySdk.mockRestore());

type Headers = Record<string, string | string[]>;
const PLAIN: Headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
/** The same to whoever reads it as the standard says, and left to the SDK. */
const FOR_THE_SDK: Headers = { ...PLAIN, 'Content-Type': 'application/json; charset=utf-8' };

/** An answer as it came, but for the time of day. */
function post(endpoint: string, body: string | Buffer, headers: Headers): Promise<string> {
  return new Promise((resolve, reject) => {
    const length = { 'Content-Length': String(Buffer.byteLength(body)) };
    const sent = request(new URL('/mcp', endpoint), { method: 'POST', headers: { ...length, ...headers } });
    sent.on('error', reject);
    sent.on('response', async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const head = response.rawHeaders.join('\n').replace(/^Date\n.*$/m, 'Date');
      const text = Buffer.concat(chunks).toString('latin1');
      resolve(
        `${response.statusCode}\n${head}\n\n${text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')}`,
      );
    });
    sent.end(body);
  });
}

const call = (name: unknown, args: unknown, more: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: args, ...more } });

test('a recorded session is answered as the SDK answers it, byte for byte, and without it', async () => {
  const [ours, theirs] = [await embeddedTinyTask(), await embeddedTinyTask()];
  const calls = (await fixture('calls.json')) as { call: string; arguments: unknown }[];
  for (const [id, { call: name, arguments: args }] of calls.entries()) {
    const message = JSON.stringify({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name, arguments: args },
    });
    const answer = await post(ours.endpoint, message, PLAIN);
    expect(bySdk).toHaveBeenCalledTimes(id);
    expect(answer, message).toBe(await post(theirs.endpoint, message, FOR_THE_SDK));
    expect(bySdk).toHaveBeenCalledTimes(id + 1);
  }
  expect(calls.length).toBeGreaterThan(30);
});

/** What is done without the SDK, and what is left to it. */
const MESSAGES: [what: string, body: string | Buffer, isPlain: boolean][] = [
  ['an unknown tool', call('fly_to_moon', {}), true],
  ['a tool that every object has', call('constructor', {}), true],
  ['a tool named __proto__', call('__proto__', {}), true],
  ['no arguments', call('list_queues', undefined), true],
  ['wrong arguments', call('get_task', { id: 'seven' }), true],
  ['arguments that nobody knows', call('get_task', { id: 1, color: 'red' }), true],
  [
    'an argument named __proto__',
    '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"get_task","arguments":{"__proto__":{"id":1}}}}',
    true,
  ],
  ['an argument named constructor', call('get_task', { id: 1, constructor: 'red' }), true],
  [
    'a text that is no UTF-8',
    Buffer.from(call('create_task', { title: 'caf\u00e9', created_by: 'x' }), 'latin1'),
    true,
  ],
  ['a byte order mark', `\ufeff${call('get_task', { id: 1 })}`, true],
  ['a text with half a character', call('create_task', { title: '\ud800', created_by: 'x' }), true],
  [
    'a number without an end',
    '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"get_task","arguments":{"id":1e400}}}',
    true,
  ],
  ['an id that is a text', call('get_task', { id: 1 }).replace('7', '"a"'), true],
  ['an id of -0', call('get_task', { id: 1 }).replace('7', '-0'), true],
  [
    'a progress token',
    call('get_task', { id: 1 }, { _meta: { progressToken: 3, 'goose-session-id': 'x' } }),
    true,
  ],
  ['two of a key', call('get_task', { id: 1 }).replace('"id":7', '"id":8,"id":7'), true],
  ['a progress token that is none', call('get_task', { id: 1 }, { _meta: { progressToken: [] } }), false],
  ['a task of the protocol', call('get_task', { id: 1 }, { task: { ttl: 1 } }), false],
  [
    'a task of the protocol that it belongs to',
    call('get_task', { id: 1 }, { _meta: { 'io.modelcontextprotocol/related-task': { taskId: 'x' } } }),
    false,
  ],
  ['meta that is null', call('get_task', { id: 1 }, { _meta: null }), false],
  ['more in its params', call('get_task', { id: 1 }, { color: 'red' }), false],
  ['more beside its params', call('get_task', { id: 1 }).replace('{', '{"color":"red",'), false],
  ['a __proto__ beside its params', call('get_task', { id: 1 }).replace('{', '{"__proto__":{},'), false],
  ['arguments that are null', call('get_task', null), false],
  ['arguments that are a list', call('get_task', [1]), false],
  ['a name that is none', call(7, {}), false],
  ['no name', call(undefined, {}), false],
  ['no params', '{"jsonrpc":"2.0","id":7,"method":"tools/call"}', false],
  ['no id', call('create_task', { title: 'x', created_by: 'x' }).replace('"id":7,', ''), false],
  ['an id of 1.5', call('get_task', { id: 1 }).replace('7', '1.5'), false],
  ['an id of null', call('get_task', { id: 1 }).replace('7', 'null'), false],
  ['an id that is too large', call('get_task', { id: 1 }).replace('7', '9007199254740993'), false],
  ['another version', call('get_task', { id: 1 }).replace('2.0', '1.0'), false],
  ['another method', call('get_task', { id: 1 }).replace('tools/call', 'tools/cull'), false],
  [
    'a greeting',
    JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    }),
    false,
  ],
  ['a notification', '{"jsonrpc":"2.0","method":"notifications/initialized"}', false],
  ['the list of tools', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', false],
  ['several', `[${call('get_task', { id: 1 })},${call('get_task', { id: 2 }).replace('7', '8')}]`, false],
  ['none of several', '[]', false],
  ['half a message', call('get_task', { id: 1 }).slice(0, -1), false],
  ['nothing', '', false],
  ['null', 'null', false],
  ['a result', '{"jsonrpc":"2.0","id":7,"result":{}}', false],
  [
    'too much',
    call('create_task', { title: 'x', created_by: 'x', description: 'x'.repeat(5_000_000) }),
    false,
  ],
  ['much', call('create_task', { title: 'x', created_by: 'x', description: 'x'.repeat(2_000_000) }), false],
];

test.each(MESSAGES)('%s is answered as the SDK answers it', async (_what, body, isPlain) => {
  const [ours, theirs] = [await embeddedTinyTask(), await embeddedTinyTask()];
  for (const { endpoint } of [ours, theirs])
    await client(endpoint).create({ title: 'a task', createdBy: 'x' });
  bySdk.mockClear();
  const answer = await post(ours.endpoint, body, PLAIN);
  expect(bySdk).toHaveBeenCalledTimes(isPlain ? 0 : 1);
  expect(answer).toBe(await post(theirs.endpoint, body, FOR_THE_SDK));
  expect(await client(ours.endpoint).list()).toMatchObject(
    (await client(theirs.endpoint).list()).map(({ id, title, description }) => ({ id, title, description })),
  );
});

describe('headers that the SDK refuses, or reads otherwise', () => {
  test.each<[what: string, headers: Headers, status: number]>([
    ['JSON alone accepted', { Accept: 'application/json' }, 406],
    ['events alone accepted', { Accept: 'text/event-stream' }, 406],
    ['anything accepted', { Accept: '*/*' }, 406],
    ['another content', { 'Content-Type': 'text/plain' }, 415],
    ['two contents', { 'Content-Type': ['application/json', 'text/plain'] }, 415],
    ['an unknown protocol', { 'MCP-Protocol-Version': '1999-01-01' }, 400],
    ['two protocols', { 'MCP-Protocol-Version': ['2025-06-18', '2025-03-26'] }, 400],
    ['a short name of this machine', { Host: '127.1:80' }, 400],
    ['a user before the host', { Host: 'me@localhost' }, 400],
  ])('%s', async (_what, headers, status) => {
    const { endpoint } = await embeddedTinyTask();
    expect(await post(endpoint, call('get_task', { id: 1 }), { ...PLAIN, ...headers })).toMatch(
      `${status}\n`,
    );
    expect(bySdk).toHaveBeenCalledTimes(1);
  });

  test.each<[what: string, headers: Headers]>([
    ['any order', { Accept: 'text/event-stream;q=0.5,application/json' }],
    ['a known protocol', { 'MCP-Protocol-Version': '2025-06-18' }],
    ['localhost', { Host: 'localhost:80' }],
    ['IPv6 loopback', { Host: '[::1]:1234' }],
    ['a session that nobody knows', { 'Mcp-Session-Id': 'x' }],
  ])('not with %s', async (_what, headers) => {
    const [ours, theirs] = [await embeddedTinyTask(), await embeddedTinyTask()];
    const answer = await post(ours.endpoint, call('get_task', { id: 1 }), { ...PLAIN, ...headers });
    expect(bySdk).not.toHaveBeenCalled();
    expect(answer).toMatch(/^200\n/);
    expect(answer).toBe(
      await post(theirs.endpoint, call('get_task', { id: 1 }), { ...FOR_THE_SDK, ...headers }),
    );
  });
});

import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod/v3';
import { freePort } from '../../os/free-port.ts';
import { answerCall, type CallReply } from '../../tinytask/embedded/calls.ts';
import { openStore, type Store } from '../../tinytask/embedded/database.ts';
import { type Tool, tools } from '../../tinytask/embedded/tools.ts';
import { databaseFile, type WhenDone, withTest } from './tinytask.ts';

const TOOLS_OF_1 = new Set(
  'create_task update_task get_task delete_task archive_task list_tasks get_my_queue signup_for_task move_task add_comment update_comment delete_comment list_comments add_link update_link delete_link list_links'.split(
    ' ',
  ),
);
const FIELDS_OF_2 = [
  'previous_assigned_to',
  'parent_task_id',
  'queue_name',
  'blocked_by_task_id',
  'is_currently_blocked',
];
const LIST_ARGUMENTS = z.object({ status: z.enum(['idle', 'working', 'complete']).optional() });

/** What a tool of TinyTask 1 does: those of TinyTask 2, without what it has not got. */
function answerAs1(store: Store, tool: string, args: Record<string, unknown>): CallReply {
  if (!TOOLS_OF_1.has(tool)) return failed(`Unknown tool: ${tool}`);
  if (tool === 'list_tasks') {
    const checked = LIST_ARGUMENTS.safeParse(args);
    if (!checked.success) return failed(`Error calling tool list_tasks: ${checked.error.message}`);
  }
  const known = Object.entries(args).filter(([name]) => !FIELDS_OF_2.includes(name));
  const reply = answerCall(store, tool, Object.fromEntries(known));
  const [first] = reply.content;
  if (reply.isError || first === undefined || !first.text.startsWith('{')) return reply;
  const text = JSON.stringify(JSON.parse(first.text, asIn1), null, 2);
  return { content: [{ type: 'text', text }] };
}

function failed(text: string): CallReply {
  return { content: [{ type: 'text', text }], isError: true };
}

/** Fields that it has not got are not there, and times are as SQLite tells them. */
function asIn1(key: string, value: unknown): unknown {
  if (FIELDS_OF_2.includes(key)) return undefined;
  return key.endsWith('_at') && typeof value === 'string' ? value.replace('T', ' ').replace('Z', '') : value;
}

function listed({ name, description, inputSchema }: Tool): Tool {
  const properties = Object.entries(inputSchema.properties).filter(([key]) => !FIELDS_OF_2.includes(key));
  return { name, description, inputSchema: { ...inputSchema, properties: Object.fromEntries(properties) } };
}

export interface TinyTask1 {
  /** `http://127.0.0.1:PORT`, without a path. */
  endpoint: string;
  port: number;
  /** The tools that were called, in order. */
  called: string[];
  /** How many have connected. */
  sessions(): number;
  /** Knows no session any more; their streams stay open. */
  forget(): void;
  close(): Promise<void>;
}

interface Options {
  file?: string;
  port?: number;
  /** Of GET and POST. */
  path?: string;
  whenDone?: WhenDone;
  /** Instead of the answer of the tool. `stream` is where the answer would be written. */
  instead?: (tool: string, stream: ServerResponse) => 'nothing' | 'the answer';
}

/** A TinyTask 1 as its server is made: SSE at one path, with the transport of the SDK. Ended with the test. */
export async function startTinyTask1(options: Options = {}): Promise<TinyTask1> {
  const {
    path = '/mcp',
    port = await freePort(0),
    whenDone = withTest,
    instead = () => 'the answer',
  } = options;
  const store = openStore(options.file ?? (await databaseFile(whenDone)));
  const streams = new Map<string, { transport: SSEServerTransport; response: ServerResponse }>();
  const called: string[] = [];
  let sessions = 0;

  async function greet(response: ServerResponse): Promise<void> {
    const transport = new SSEServerTransport(path, response);
    const server = new Server({ name: 'tinytask-mcp', version: '1.0.0' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: tools.filter(({ name }) => TOOLS_OF_1.has(name)).map(listed),
    }));
    server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: args = {} } }) => {
      called.push(name);
      if (instead(name, response) === 'nothing') return new Promise(() => undefined);
      return answerAs1(store, name, args);
    });
    sessions += 1;
    streams.set(transport.sessionId, { transport, response });
    response.on('close', () => streams.delete(transport.sessionId));
    // The SDK declares its optional members without exactOptionalPropertyTypes in mind.
    await server.connect(transport as Transport);
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const json = (status: number, body: unknown) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/health') return json(200, { status: 'healthy' });
    if (url.pathname !== path) return json(404, { error: 'Not found' });
    if (request.method === 'GET') return greet(response);
    const id = url.searchParams.get('sessionId');
    if (id === null) return json(400, { error: 'Missing session ID' });
    const stream = streams.get(id);
    if (stream === undefined) return json(404, { error: 'Session not found' });
    await stream.transport.handlePostMessage(request, response);
  }

  const server: HttpServer = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const taken = (server.address() as AddressInfo).port;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }).then(() => store.close());
    return closed;
  };
  whenDone(close);
  return {
    ...{ endpoint: `http://127.0.0.1:${taken}`, port: taken, called, close },
    sessions: () => sessions,
    forget: () => streams.clear(),
  };
}

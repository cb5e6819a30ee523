import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, resolve } from 'node:path';
import { Server as McpServer } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { answerCall, type CallReply } from './calls.ts';
import { openStore, type Store } from './database.ts';
import { isLoopback, refusalOf } from './loopback.ts';
import { openTasksSince } from './open-tasks.ts';
import { hasPlainHeaders, plainCallIn } from './plain-call.ts';
import { tools } from './tools.ts';

export interface EmbeddedTinyTask {
  /** `http://127.0.0.1:PORT`, without a path. */
  endpoint: string;
  port: number;
  /** Answers what is under way, then lets go of the port and the database file. */
  close(): Promise<void>;
}

/** How long `close` waits for calls under way. */
const CLOSE_GRACE_MS = 2_000;
/** A connection over which nothing is said for longer is closed. */
const LONGEST_WAIT_MS = 20_000;

/** How long a connection may keep TinyTask waiting, in milliseconds, and how many there may be at a time. */
export interface ConnectionLimits {
  /** From the first byte of a request, or from the connection itself, to the end of its headers. */
  headersMs: number;
  /** From the first byte of a request to its last. A body of 100 MB takes less than a second on this machine. */
  requestMs: number;
  /** Without a request. goose and our own client connect anew when they have the next one. */
  idleMs: number;
  /** Without a byte in either direction while an answer is written. */
  silentMs: number;
  /** More are closed as they come. */
  connections: number;
}

const LIMITS: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 5_000,
  silentMs: 30_000,
  connections: 2_000,
};

/**
 * A TinyTask of our own: the tools and answers of TinyTask 2 over MCP at `/mcp`, without sessions, and
 * `/health`. What was answered is on disk. It serves this machine only, since it knows no passwords.
 *
 * `port` 0 takes a free one. Throws an Error that names the port or the file, and says what to do.
 */
export async function startEmbeddedTinyTask(options: {
  databaseFile: string;
  port: number;
  host?: string;
  limits?: ConnectionLimits;
}): Promise<EmbeddedTinyTask> {
  const { port, host = '127.0.0.1', limits = LIMITS } = options;
  if (!isLoopback(host)) {
    throw new Error(`The embedded TinyTask serves this machine only, not ${host}: use 127.0.0.1`);
  }
  const store = openStore(options.databaseFile);
  try {
    const home = dirname(resolve(options.databaseFile));
    const server = limited(limits, (request, response) => {
      answer({ store, home }, request, response).catch((error: Error) => {
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, { error: error.message });
      });
    });
    await listen(server, port, host);
    const taken = (server.address() as AddressInfo).port;
    const name = host.includes(':') ? `[${host}]` : host;
    return { endpoint: `http://${name}:${taken}`, port: taken, close: () => close(server, store) };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Drops who stalls: half a request, a request in drops, silence between requests, an answer that is not read. */
function limited(limits: ConnectionLimits, serve: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: Math.min(limits.headersMs, 5_000) / 2,
    },
    serve,
  );
  // Node's own default is to wait for ever for a reader.
  server.setTimeout(limits.silentMs);
  server.maxConnections = limits.connections;
  return server;
}

async function answer(
  { store, home }: { store: Store; home: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refusal = refusalOf(request.headers);
  if (refusal !== undefined) return sendJson(response, 403, { error: refusal });
  const [path, query] = request.url?.split('?') ?? [];
  const asked = new URLSearchParams(query);
  if (path === '/health' && request.method === 'GET') return sendHealth(store, home, response);
  if (path === '/changes' && request.method === 'GET') return sendChanges(store, asked, response);
  if (path === '/open-tasks' && request.method === 'GET') {
    response.setHeader('Content-Type', 'application/json');
    return void response.end(openTasksSince(store, asked.get('since')));
  }
  if (path !== '/mcp') return sendJson(response, 404, { error: 'Not found' });
  if (request.method !== 'POST') {
    // No sessions: there is no stream to open (GET) and nothing to end (DELETE).
    response.setHeader('Allow', 'POST');
    return sendJson(response, 405, { error: 'Method not allowed: POST an MCP message' });
  }
  if (hasPlainHeaders(request)) {
    const body = await bodyOf(request);
    const call = plainCallIn(body);
    if (call !== undefined) return sendReply(call.id, answerCall(store, call.name, call.args), response);
    // Where the SDK looks for a body that was read before.
    Object.assign(request, { rawBody: body });
  }
  const server = mcpServer(store);
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.on('close', () => void server.close());
  // The SDK declares its optional members without exactOptionalPropertyTypes in mind.
  await server.connect(transport as Transport);
  await transport.handleRequest(request, response);
}

/** @throws where the connection breaks off before its end */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** As the SDK answers, byte for byte. */
function sendReply(id: string | number, result: CallReply, response: ServerResponse): void {
  const text = JSON.stringify({ result, jsonrpc: '2.0', id });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** One for all, since each costs most of a millisecond. */
const jsonSchemaValidator = new AjvJsonSchemaValidator();

function mcpServer(store: Store): McpServer {
  const server = new McpServer(
    { name: 'tinyscheduler-tinytask', version: '2.0.0' },
    { capabilities: { tools: {} }, jsonSchemaValidator },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...tools] }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) =>
    answerCall(store, params.name, params.arguments),
  );
  return server;
}

/** For whoever would read all tasks again and again to see a new one. TinyTask 2 has no such thing. */
async function sendChanges(store: Store, asked: URLSearchParams, response: ServerResponse): Promise<void> {
  const waitMs = Math.min(Math.max(Number(asked.get('wait_ms')) || 0, 0), LONGEST_WAIT_MS);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const mark = await store.changes.after(asked.get('since'), waitMs, gone.signal);
  if (!gone.signal.aborted) sendJson(response, 200, { mark });
}

/** Beside what TinyTask 2 says: `home`, the state directory that it belongs to. See tinytask/home.ts. */
function sendHealth(store: Store, home: string, response: ServerResponse): void {
  let problem: string | undefined;
  try {
    store.row('SELECT id FROM tasks LIMIT 1');
  } catch (error) {
    problem = (error as Error).message;
  }
  const connected = problem === undefined;
  sendJson(response, connected ? 200 : 503, {
    status: connected ? 'healthy' : 'unhealthy',
    transport: 'streamable-http',
    timestamp: new Date().toISOString(),
    database: connected ? 'connected' : 'disconnected',
    uptime: process.uptime(),
    sessionCount: 0,
    home,
    ...(problem !== undefined && { problem }),
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const what = taken ? 'is taken by another program' : `cannot be used (${error.message})`;
      const todo = taken ? 'end that program, or choose another port' : 'choose another port';
      reject(new Error(`Port ${port} on ${host} ${what}: ${todo} for TinyTask`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

async function close(server: Server, store: Store): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  store.changes.endWaiting();
  server.closeIdleConnections();
  const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(grace);
  store.close();
}

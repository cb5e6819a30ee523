import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { ConnectionFailure } from './connection-failure.ts';
import { type Connections, openConnections } from './connections.ts';
import { mcpUrl } from './endpoint.ts';
import { TinyTaskError } from './errors.ts';
import { explainFailure } from './failures.ts';

interface Session {
  client: Client;
  transport: StreamableHTTPClientTransport;
}

export interface Call {
  tool: string;
  /** Doing it twice is doing it once, so it may be sent again although the first may have been done. */
  repeatable: boolean;
}

/** How long `close` waits for TinyTask to end the session. */
const CLOSE_DEADLINE_MS = 2_000;

/**
 * One MCP session that all calls share, opened with the first. A session that TinyTask has forgotten (it was
 * restarted) is opened again and the call sent again, once; so is a call that was lost with its connection,
 * unless TinyTask may have done it and it is not repeatable.
 */
export class SharedSession {
  readonly connections: Connections;
  readonly #url: URL;
  readonly #deadlineMs: number;
  #session: Promise<Session> | undefined;
  #closed = false;

  constructor(endpoint: string, deadlineMs: number) {
    this.#url = mcpUrl(endpoint);
    this.#deadlineMs = deadlineMs;
    this.connections = openConnections(deadlineMs);
  }

  /** Does `send`, (re)connecting included, within the deadline. Throws a TinyTaskError. */
  call<T>(call: Call, send: (client: Client, signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.within(call.tool, (signal) => this.#twice(call, signal, send));
  }

  /** Does `work` within the deadline. Throws a TinyTaskError. */
  async within<T>(tool: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = new AbortController();
    const expired = new Promise<never>((_resolve, reject) => {
      deadline.signal.addEventListener('abort', () => reject(deadline.signal.reason));
    });
    const late = new ConnectionFailure('timeout', true, `no answer within ${this.#deadlineMs} ms`);
    const timer = setTimeout(() => deadline.abort(late), this.#deadlineMs);
    try {
      return await Promise.race([work(deadline.signal), expired]);
    } catch (error) {
      throw explainFailure(error, tool, this.#url);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const ended = this.#session?.then(async ({ client, transport }) => {
      await transport.terminateSession();
      await client.close();
    });
    let timer: NodeJS.Timeout | undefined;
    const given = new Promise((resolve) => {
      timer = setTimeout(resolve, CLOSE_DEADLINE_MS);
    });
    // A session that cannot be ended politely goes with its connections.
    await Promise.race([ended?.catch(() => undefined), given]);
    clearTimeout(timer);
    this.connections.destroy();
  }

  async #twice<T>(
    call: Call,
    signal: AbortSignal,
    send: (client: Client, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const opening = this.#open();
    let sent = false;
    try {
      const { client } = await opening;
      sent = true;
      return await send(client, signal);
    } catch (error) {
      const forgotten = sent && isForgotten(error, (await opening).transport);
      if (forgotten && this.#session === opening) this.#session = undefined;
      const again = forgotten || (isLost(error) && (call.repeatable || !sent || !error.mayBeDone));
      if (signal.aborted || !again) throw error;
      return send((await this.#open()).client, signal);
    }
  }

  #open(): Promise<Session> {
    if (this.#closed) throw new TinyTaskError('unreachable', 'connect', 'The TinyTask client was closed');
    if (!this.#session) {
      const opening = this.#connect();
      this.#session = opening;
      opening.catch(() => {
        if (this.#session === opening) this.#session = undefined;
      });
    }
    return this.#session;
  }

  async #connect(): Promise<Session> {
    const client = new Client({ name: 'tinyscheduler', version: '0.1.0' }, { jsonSchemaValidator });
    const transport = new StreamableHTTPClientTransport(this.#url, {
      // TinyTask has nothing to say unasked, so no stream is held open for it.
      fetch: async (url, init) =>
        init?.method === 'GET' ? new Response(null, { status: 405 }) : this.connections.fetch(url, init),
    });
    // The SDK declares its optional members without exactOptionalPropertyTypes in mind.
    await client.connect(transport as Transport, { timeout: this.#deadlineMs });
    return { client, transport };
  }
}

/** Never used, as no tool of TinyTask has an output schema, but costly to make for each session. */
const jsonSchemaValidator = new AjvJsonSchemaValidator();

/** 404 is MCP's word for it; servers made from the SDK's own examples say 400 and something of a session. */
function isForgotten(error: unknown, { sessionId }: StreamableHTTPClientTransport): boolean {
  if (!(error instanceof StreamableHTTPError) || sessionId === undefined) return false;
  return error.code === 404 || (error.code === 400 && /session/i.test(error.message));
}

function isLost(error: unknown): error is ConnectionFailure {
  return error instanceof ConnectionFailure && error.kind === 'unreachable';
}

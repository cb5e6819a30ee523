import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { abortable } from '../os/abortable.ts';
import { within } from '../os/within.ts';
import { ConnectionFailure } from './connection-failure.ts';
import { type Connections, openConnections } from './connections.ts';
import { isSseAddress, mcpUrl } from './endpoint.ts';
import { TinyTaskError } from './errors.ts';
import { explainFailure } from './failures.ts';
import { NoAddress, NoEventStream, SseTransport } from './sse-transport.ts';

type Session = { client: Client } & (
  | { speaks: 'streamable-http'; transport: StreamableHTTPClientTransport }
  | { speaks: 'sse'; transport: SseTransport }
);

/** How a TinyTask is spoken to. `sse` is MCP's older transport, the only one of TinyTask 1. */
export type TransportKind = Session['speaks'];

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
  /** How TinyTask was last spoken to; undefined before the first call. */
  speaks: TransportKind | undefined;
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
    const late = new ConnectionFailure('timeout', true, `no answer within ${this.#deadlineMs} ms`);
    const timer = setTimeout(() => deadline.abort(late), this.#deadlineMs);
    try {
      return await abortable(work(deadline.signal), deadline.signal);
    } catch (error) {
      throw explainFailure(error, tool, this.#url);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const ended = this.#session?.then(async ({ client, speaks, transport }) => {
      if (speaks === 'streamable-http') await transport.terminateSession();
      await client.close();
    });
    // A session that cannot be ended politely goes with its connections.
    if (ended !== undefined)
      await within(
        CLOSE_DEADLINE_MS,
        ended.catch(() => undefined),
      );
    this.connections.destroy();
  }

  async #twice<T>(
    call: Call,
    signal: AbortSignal,
    send: (client: Client, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const opening = this.#open();
    let session: Session | undefined;
    try {
      session = await opening;
      return await sendOver(session, signal, send);
    } catch (error) {
      const forgotten = session !== undefined && isForgotten(error, session);
      // A stream over which no answer came may be dead, and nobody would hear of it: the next call opens another.
      if (forgotten || (signal.aborted && session?.speaks === 'sse')) this.#leave(opening);
      const mayBeDone = session !== undefined && isLost(error) && error.mayBeDone;
      const again = forgotten || (isLost(error) && (call.repeatable || !mayBeDone));
      if (signal.aborted || !again) throw error;
      return sendOver(await this.#open(), signal, send);
    }
  }

  #open(): Promise<Session> {
    if (this.#closed) throw new TinyTaskError('unreachable', 'connect', 'The TinyTask client was closed');
    if (!this.#session) {
      const opening = this.#connect();
      this.#session = opening;
      opening.then(
        ({ client, speaks }) => {
          this.speaks = speaks;
          client.onclose = () => this.#forget(opening);
        },
        () => this.#forget(opening),
      );
    }
    return this.#session;
  }

  #forget(opening: Promise<Session>): void {
    if (this.#session === opening) this.#session = undefined;
  }

  /** Others may wait for answers over it, at most for the deadline; its stream is closed then. */
  #leave(opening: Promise<Session>): void {
    this.#forget(opening);
    const close = () => opening.then(({ client, speaks }) => (speaks === 'sse' ? client.close() : undefined));
    setTimeout(close, this.#deadlineMs).unref();
  }

  /** As MCP says it is found out: who refuses the newer greeting may speak the older transport at the same address. */
  async #connect(): Promise<Session> {
    if (isSseAddress(this.#url)) return this.#connectBySse();
    try {
      return await this.#connectByHttp();
    } catch (refusal) {
      if (!isRefusal(refusal)) throw refusal;
      // A server of the newer transport may have a stream there too, without the event that says where to POST.
      return await this.#connectBySse(this.#deadlineMs / 2).catch((error) => {
        const isNone = error instanceof NoEventStream || error instanceof NoAddress;
        throw isNone ? refusal : error;
      });
    }
  }

  async #connectByHttp(): Promise<Session> {
    const client = newClient();
    const transport = new StreamableHTTPClientTransport(this.#url, {
      // TinyTask has nothing to say unasked, so no stream is held open for it.
      fetch: async (url, init) =>
        init?.method === 'GET' ? new Response(null, { status: 405 }) : this.connections.fetch(url, init),
    });
    // The SDK declares its optional members without exactOptionalPropertyTypes in mind.
    await client.connect(transport as Transport, { timeout: this.#deadlineMs });
    return { client, speaks: 'streamable-http', transport };
  }

  async #connectBySse(withinMs = this.#deadlineMs): Promise<Session> {
    const client = newClient();
    const { connections } = this;
    const transport = new SseTransport({ url: this.#url, connections, deadlineMs: withinMs });
    try {
      await client.connect(transport as Transport, { timeout: withinMs });
    } catch (error) {
      throw asLost(error, { client, speaks: 'sse', transport });
    }
    return { client, speaks: 'sse', transport };
  }
}

function newClient(): Client {
  return new Client({ name: 'tinyscheduler', version: '0.1.0' }, { jsonSchemaValidator });
}

/** Never used, as no tool of TinyTask has an output schema, but costly to make for each session. */
const jsonSchemaValidator = new AjvJsonSchemaValidator();

/** Whether a greeting was refused as such, and not by a server that cannot now, or does not know us. */
function isRefusal(error: unknown): boolean {
  return error instanceof StreamableHTTPError && [400, 404, 405, 406, 415].includes(error.code ?? 0);
}

/** 404 is MCP's word for it; servers made from the SDK's own examples say 400 and something of a session. */
function isForgotten(error: unknown, { speaks, transport }: Session): boolean {
  if (!(error instanceof StreamableHTTPError)) return false;
  if (speaks === 'streamable-http' && transport.sessionId === undefined) return false;
  return error.code === 404 || (error.code === 400 && /session/i.test(error.message));
}

/** With a stream all calls under way are lost; what it broke off with says more than the SDK's word for it. */
function asLost(error: unknown, { speaks, transport }: Session): unknown {
  if (speaks !== 'sse' || transport.failure === undefined) return error;
  return error instanceof McpError && error.code === ErrorCode.ConnectionClosed ? transport.failure : error;
}

async function sendOver<T>(
  session: Session,
  signal: AbortSignal,
  send: (client: Client, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await send(session.client, signal);
  } catch (error) {
    throw asLost(error, session);
  }
}

function isLost(error: unknown): error is ConnectionFailure {
  return error instanceof ConnectionFailure && error.kind === 'unreachable';
}

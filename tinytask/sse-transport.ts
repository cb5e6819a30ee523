import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { ConnectionFailure } from './connection-failure.ts';
import { type Connections, LARGEST_ANSWER, tooLarge } from './connections.ts';
import { quote } from './errors.ts';

/** The address answers a GET with something else than a stream of events. */
export class NoEventStream extends ConnectionFailure {
  override readonly name = 'NoEventStream';
}

/** The stream does not say in time where to POST. */
export class NoAddress extends ConnectionFailure {
  override readonly name = 'NoAddress';
}

/**
 * MCP's older transport: answers come as events of one long response, and what we say is POSTed to where its first event
 * says. The SDK's own connects again by itself, and what was under way then never ends; here the end of the stream is
 * the end of the session.
 */
export class SseTransport implements Transport {
  onclose?: () => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** Why the stream has ended. Set before `onclose` is called. */
  failure: ConnectionFailure | undefined;
  readonly #url: URL;
  readonly #connections: Connections;
  readonly #deadlineMs: number;
  readonly #largest: number;
  /**
   * TinyTask 1 has one MCP server for all who are connected, and its answers reach whoever connected last. All clients
   * count their requests from 0, so another's answer would be taken for ours.
   */
  readonly #mark = `${randomUUID()}:`;
  #stream: IncomingMessage | undefined;
  #messages: URL | undefined;
  #ready: (() => void) | undefined;

  constructor(options: { url: URL; connections: Connections; deadlineMs: number; largest?: number }) {
    this.#url = options.url;
    this.#connections = options.connections;
    this.#deadlineMs = options.deadlineMs;
    this.#largest = options.largest ?? LARGEST_ANSWER;
  }

  /** @throws NoEventStream @throws NoAddress @throws ConnectionFailure */
  async start(): Promise<void> {
    const stream = await this.#connections.open(this.#url, { accept: 'text/event-stream' });
    const type = stream.headers['content-type'] ?? '';
    if (stream.statusCode !== 200 || !type.startsWith('text/event-stream')) {
      stream.destroy();
      throw noEventStream(stream.statusCode ?? 0, type);
    }
    this.#stream = stream;
    const late = new NoAddress('timeout', false, `no answer within ${this.#deadlineMs} ms`);
    const timer = setTimeout(() => this.#end(late), this.#deadlineMs);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#ready = resolve;
        this.#read(stream);
        stream.on('close', () => reject(this.failure));
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.failure !== undefined || this.#messages === undefined) {
      throw new ConnectionFailure('unreachable', false, 'the connection was lost before the call');
    }
    const response = await this.#connections.fetch(this.#messages, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(this.#marked(message)),
    });
    if (!response.ok) throw new StreamableHTTPError(response.status, await response.text());
  }

  async close(): Promise<void> {
    this.#end(new ConnectionFailure('unreachable', true, 'the connection was given up'));
  }

  #read(stream: IncomingMessage): void {
    const parser = createParser({
      maxBufferSize: this.#largest,
      onEvent: (event) => this.#take(event),
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') this.#end(tooLarge(this.#largest));
      },
    });
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      if (this.failure === undefined) parser.feed(text);
    });
    stream.on('error', () => undefined);
    stream.on('close', () =>
      this.#end(new ConnectionFailure('unreachable', true, 'connection lost before the answer')),
    );
  }

  #take({ event = 'message', data }: EventSourceMessage): void {
    if (this.failure !== undefined) return;
    if (event === 'endpoint') this.#speakTo(data);
    if (event !== 'message') return;
    const message = parsed(data);
    if (message === undefined) {
      this.#end(new ConnectionFailure('broken-reply', true, `it begins ${quote(data)}`));
      return;
    }
    const ours = this.#unmarked(message);
    if (ours !== undefined) this.onmessage?.(ours);
  }

  /** Another server is never spoken to: whoever answers for TinyTask could have us POST to anybody. */
  #speakTo(address: string): void {
    const url = URL.canParse(address, this.#url.href) ? new URL(address, this.#url) : undefined;
    if (url?.origin !== this.#url.origin) {
      const what = `it asks to be answered at ${quote(address)}, which is not there`;
      this.#end(new ConnectionFailure('broken-reply', false, what));
      return;
    }
    this.#messages ??= url;
    this.#ready?.();
  }

  #marked(message: JSONRPCMessage): JSONRPCMessage {
    return 'method' in message && 'id' in message
      ? { ...message, id: `${this.#mark}${message.id}` }
      : message;
  }

  /** Undefined for an answer to another's request. */
  #unmarked(message: JSONRPCMessage): JSONRPCMessage | undefined {
    if ('method' in message) return message;
    const id = String(message.id);
    return id.startsWith(this.#mark) ? { ...message, id: Number(id.slice(this.#mark.length)) } : undefined;
  }

  #end(why: ConnectionFailure): void {
    if (this.failure !== undefined) return;
    this.failure = why;
    this.#stream?.destroy();
    this.onclose?.();
  }
}

function parsed(data: string): JSONRPCMessage | undefined {
  try {
    return JSONRPCMessageSchema.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}

function noEventStream(status: number, type: string): NoEventStream {
  const what = `HTTP ${status}${type === '' ? '' : `, ${quote(type)}`}, and no stream of events`;
  return new NoEventStream(status >= 500 || status === 429 ? 'unreachable' : 'broken-reply', false, what);
}

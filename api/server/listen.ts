import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { App } from '../routes/route.ts';
import { answerUnread, unreadBody } from './answer-unread.ts';
import { keepConnections } from './connections.ts';

export interface Listening {
  /** Such as `http://127.0.0.1:9595`. */
  url: string;
  port: number;
  /** Ends streams too. */
  close(): Promise<void>;
}

const MOST_HEADER_BYTES = 16_384;
/**
 * For the headers of a request, and for all of it. `silentMs`: a connection on which nothing moves while nobody works on its
 * request; a stream of events has its heartbeat.
 */
export const TIMES = { headersMs: 5_000, requestMs: 15_000, silentMs: 60_000 };
/** How often it is looked whether that is over. */
const LOOK_MS = 1_000;
const KEEP_ALIVE_MS = 5_000;

export interface ListenOptions {
  host: string;
  /** 0: any that is free. */
  port: number;
  times?: typeof TIMES;
}

/**
 * Serves the app.
 * @throws the system's error where it cannot be served there
 */
export async function listen(
  app: App,
  { host, port, times: { headersMs, requestMs, silentMs } = TIMES }: ListenOptions,
): Promise<Listening> {
  const server = createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      // It is refused by us, in our form.
      requireHostHeader: false,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: LOOK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    listener(app),
  );
  endSilent(server, silentMs);
  server.on('clientError', (error, socket) =>
    answerUnread(error, socket, { mostHeaderBytes: MOST_HEADER_BYTES, requestMs }),
  );
  // Whoever expects something of us gets an answer as everybody does.
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
  const endAll = keepConnections(server);
  await listening(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${taken}`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        endAll();
      }),
  };
}

function listener(app: App): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const handle = getRequestListener(app.fetch as Parameters<typeof getRequestListener>[0], {
    // What is no request, such as a host that is no name.
    errorHandler: () =>
      new Response(unreadBody({ code: 'unreadable-request' }), {
        status: 400,
        headers: { 'content-type': 'application/problem+json', connection: 'close' },
      }),
  });
  return (incoming, outgoing) => void handle(incoming, outgoing);
}

/** What is worked on may take its time: a cancel waits until its goose has ended. */
function endSilent(server: Server, silentMs: number): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answers.set(socket, response);
  });
  server.setTimeout(silentMs, (socket) => {
    const answer = answers.get(socket);
    if (answer !== undefined && !answer.headersSent && !answer.closed) socket.setTimeout(silentMs);
    else socket.destroy();
  });
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

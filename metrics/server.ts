import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkHost } from '../api/guard/host.ts';
import { SharedRead } from '../api/link/shared-read.ts';
import { keepConnections } from '../api/server/connections.ts';

export interface Serving {
  port: number;
  close(): Promise<void>;
}

export interface ServeOptions {
  host: string;
  /** 0: any that is free. */
  port: number;
  /** Names that the server goes by, besides localhost and addresses. */
  names: readonly string[];
  /** What is served, anew each second at most. */
  text: () => Promise<string>;
}

const NEW_ENOUGH_MS = 1_000;
const MOST_CONNECTIONS = 50;
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
const SILENT_MS = 60_000;
const TEXT_TYPE = 'text/plain; charset=utf-8';
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Serves `/metrics` and nothing else. @throws the system's error where it cannot listen */
export async function serveText({ host, port, names, text }: ServeOptions): Promise<Serving> {
  const shared = new SharedRead(text);
  const server = createServer(
    {
      ...{ maxHeaderSize: 16_384, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS },
      ...{ connectionsCheckingInterval: 1_000, requireHostHeader: false },
    },
    (request, response) => void answer(request, response, { names, shared }),
  );
  server.setTimeout(SILENT_MS);
  const endAll = keepConnections(server, MOST_CONNECTIONS);
  await listening(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        endAll();
      }),
  };
}

interface Source {
  names: readonly string[];
  shared: SharedRead<string>;
}

async function answer(request: IncomingMessage, response: ServerResponse, source: Source): Promise<void> {
  const { method, headers, url = '' } = request;
  const say = (status: number, body: string, type = TEXT_TYPE) => {
    response.writeHead(status, {
      ...{ 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' },
      ...{ 'x-content-type-options': 'nosniff', ...(status === 405 && { allow: 'GET, HEAD' }) },
    });
    response.end(method === 'HEAD' ? undefined : body);
  };
  try {
    if (!isOurs(headers.host, url, source.names)) return say(421, 'The host is another one.\n');
    if (url.split('?')[0] !== '/metrics') return say(404, 'There is /metrics only.\n');
    if (method !== 'GET' && method !== 'HEAD') return say(405, 'It can be read only.\n');
    say(200, await source.shared.within(NEW_ENOUGH_MS), METRICS_TYPE);
  } catch {
    if (!response.headersSent) say(500, 'The metrics could not be told.\n');
  }
}

/** As the API has it: a name that was made to lead here is another's. */
function isOurs(host: string | undefined, url: string, names: readonly string[]): boolean {
  try {
    const whole = url.startsWith('/') ? new URL(`http://${host}`) : new URL(url);
    checkHost(new Headers({ host: host ?? '' }), whole, { names });
    return true;
  } catch {
    return false;
  }
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

import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { ConnectionFailure } from './connection-failure.ts';
import { WholeResponse } from './whole-response.ts';

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name service does not answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ECONNRESET: 'connection lost before the answer',
  EPIPE: 'connection lost before the answer',
};

export interface Connections {
  /**
   * As the global `fetch`, but an answer comes whole, within the deadline, or not at all, and `init.signal`
   * is not heard: `destroy` is what ends a request early.
   */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /** Ends every connection, what is under way included. */
  destroy(): void;
}

/**
 * Connections of our own, kept alive from call to call. The global `fetch` has one pool for the whole
 * process that nobody can close, does not say whether a failed request was sent, and hands MCP's client a
 * stream whose breaking off it never hears of.
 */
export function openConnections(deadlineMs: number): Connections {
  const agents = {
    'http:': new PlainAgent({ keepAlive: true }),
    'https:': new TlsAgent({ keepAlive: true }),
  };
  let destroyed = false;
  return {
    fetch: async (url, init = {}) => {
      if (destroyed) throw new ConnectionFailure('unreachable', false, 'the client was closed');
      return send(new URL(url), init, agents, deadlineMs);
    },
    destroy: () => {
      destroyed = true;
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function send(
  url: URL,
  init: RequestInit,
  agents: { 'http:': PlainAgent; 'https:': TlsAgent },
  deadlineMs: number,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    let connected = false;
    const request = (secure ? tlsRequest : plainRequest)(url, {
      agent: agents[secure ? 'https:' : 'http:'],
      method: init.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
    });
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(deadline);
      if (error instanceof ConnectionFailure) return reject(error);
      const reason = REASONS[error.code ?? ''] ?? error.message;
      reject(new ConnectionFailure('unreachable', connected, reason, { cause: error }));
    };
    const deadline = setTimeout(() => {
      request.destroy(new ConnectionFailure('timeout', connected, `no answer within ${deadlineMs} ms`));
    }, deadlineMs);
    request.on('error', fail);
    request.on('socket', (socket) => {
      if (socket.connecting)
        socket.once(secure ? 'secureConnect' : 'connect', () => {
          connected = true;
        });
      else connected = true;
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        clearTimeout(deadline);
        const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]);
        const body = Buffer.concat(chunks).toString('utf8');
        try {
          resolve(
            new WholeResponse(body, {
              status: response.statusCode ?? 0,
              headers,
              carriesMessage: init.method === 'POST',
            }),
          );
        } catch (error) {
          reject(error);
        }
      });
    });
    request.end(init.body as string | undefined);
  });
}

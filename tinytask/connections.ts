import {
  type ClientRequest,
  type IncomingMessage,
  Agent as PlainAgent,
  request as plainRequest,
} from 'node:http';
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

/** More than any TinyTask has to say at once, in bytes: 200,000 tasks of the usual size. */
export const LARGEST_ANSWER = 200_000_000;

export interface Connections {
  /**
   * As the global `fetch`, but an answer comes whole, within the deadline, or not at all, and `init.signal`
   * is not heard: `destroy` is what ends a request early.
   */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /** The response to a GET when its headers are there, within the deadline; its body has none. */
  open(url: URL, headers: Record<string, string>): Promise<IncomingMessage>;
  /** Ends every connection, what is under way included. */
  destroy(): void;
}

/**
 * Connections of our own, kept alive from call to call. The global `fetch` has one pool for the whole
 * process that nobody can close, does not say whether a failed request was sent, and hands MCP's client a
 * stream whose breaking off it never hears of.
 */
export function openConnections(deadlineMs: number, largest = LARGEST_ANSWER): Connections {
  const agents: Agents = {
    'http:': new PlainAgent({ keepAlive: true }),
    'https:': new TlsAgent({ keepAlive: true }),
  };
  let destroyed = false;
  const refuseDestroyed = () => {
    if (destroyed) throw new ConnectionFailure('unreachable', false, 'the client was closed');
  };
  return {
    fetch: async (url, init = {}) => {
      refuseDestroyed();
      return wholeAnswer(begin(new URL(url), init, { agents, deadlineMs }), init, largest);
    },
    open: async (url, headers) => {
      refuseDestroyed();
      const { answer, atAnEnd } = begin(url, { headers }, { agents, deadlineMs });
      return answer.finally(atAnEnd);
    },
    destroy: () => {
      destroyed = true;
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

interface Agents {
  'http:': PlainAgent;
  'https:': TlsAgent;
}

interface Begun {
  request: ClientRequest;
  /** Its headers are there. Throws a ConnectionFailure. */
  answer: Promise<IncomingMessage>;
  /** What broke a request or its answer, as a ConnectionFailure. */
  failure(error: NodeJS.ErrnoException): ConnectionFailure;
  /** The deadline counts no longer. */
  atAnEnd(): void;
}

/** Sends a request, and ends it at the deadline. */
function begin(
  url: URL,
  init: RequestInit,
  { agents, deadlineMs }: { agents: Agents; deadlineMs: number },
): Begun {
  const secure = url.protocol === 'https:';
  let connected = false;
  const request = (secure ? tlsRequest : plainRequest)(url, {
    agent: agents[secure ? 'https:' : 'http:'],
    method: init.method ?? 'GET',
    headers: Object.fromEntries(new Headers(init.headers)),
  });
  const failure = (error: NodeJS.ErrnoException) => {
    if (error instanceof ConnectionFailure) return error;
    const reason = REASONS[error.code ?? ''] ?? error.message;
    return new ConnectionFailure('unreachable', connected, reason, { cause: error });
  };
  const deadline = setTimeout(() => {
    request.destroy(new ConnectionFailure('timeout', connected, `no answer within ${deadlineMs} ms`));
  }, deadlineMs);
  request.on('socket', (socket) => {
    if (socket.connecting)
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    else connected = true;
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', (error) => {
      clearTimeout(deadline);
      reject(failure(error));
    });
  });
  request.end(init.body as string | undefined);
  return { request, answer, failure, atAnEnd: () => clearTimeout(deadline) };
}

async function wholeAnswer(
  { request, answer, failure, atAnEnd }: Begun,
  init: RequestInit,
  largest: number,
): Promise<Response> {
  const response = await answer;
  const body = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: Error) => {
      atAnEnd();
      reject(failure(error));
    };
    // Also the request's: it is what the deadline destroys.
    request.on('error', fail);
    response.on('error', fail);
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > largest) return response.destroy(tooLarge(largest));
      chunks.push(chunk);
    });
    response.on('end', () => {
      atAnEnd();
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
  const headers = Object.entries(response.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return new WholeResponse(body, {
    status: response.statusCode ?? 0,
    headers,
    // Over SSE the answer comes another way.
    carriesMessage: init.method === 'POST' && new Headers(init.headers).has('accept'),
  });
}

/** What is said of an answer that is longer than anything TinyTask says. */
export function tooLarge(largest: number): ConnectionFailure {
  return new ConnectionFailure('broken-reply', true, `an answer of more than ${largest / 1e6} MB`);
}

import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { jsonText } from '../../client/json/json-text.ts';
import type { Refusal } from '../../contract/api.ts';
import { PROBLEMS, problemOf } from '../answer/problem.ts';

/** What the server goes by, for the words of what it refuses. */
export interface Bounds {
  mostHeaderBytes: number;
  requestMs: number;
}

/** What is no request that could be read, or does not come to its end, is answered shortly, and the connection ends. */
export function answerUnread(error: NodeJS.ErrnoException, socket: Duplex, bounds: Bounds): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = refusalOf(error, bounds);
  const [status, title] = PROBLEMS[refusal.code];
  const body = unreadBody(refusal);
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // Whoever does not read the answer does not keep the connection.
  setTimeout(() => socket.destroy(), 1_000).unref();
}

/** Nobody has given it an id before. */
export function unreadBody(refusal: Refusal): string {
  return jsonText(problemOf(refusal, randomUUID()));
}

function refusalOf({ code }: NodeJS.ErrnoException, { mostHeaderBytes, requestMs }: Bounds): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return { code: 'headers-too-large', mostBytes: mostHeaderBytes };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { code: 'request-timeout', withinMs: requestMs };
  return { code: 'unreadable-request' };
}

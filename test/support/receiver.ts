import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Message } from '../../notify/message.ts';

/** A message as it came. */
export interface Received {
  message: Message & { kind: string; state: string; key: string; facts: Record<string, unknown> };
  headers: IncomingHttpHeaders;
  path: string;
  bytes: number;
  /** With which it was answered. */
  status: number;
}

/** A real server that takes notifications. */
export interface Receiver {
  url: string;
  /** All that came, also what was refused. */
  tries: Received[];
  /** What it has taken. */
  readonly taken: Received[];
  /** How it answers from now on; undefined: not at all. */
  answer(status: number | undefined, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const tries: Received[] = [];
  let answer: number | undefined = 200;
  let more: Record<string, string> = {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (answer === undefined) return;
    const { headers, url: path = '' } = request;
    tries.push({
      message: JSON.parse(body.toString('utf8')),
      ...{ headers, path, bytes: body.length, status: answer },
    });
    response.writeHead(answer, more).end('not read by anybody');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    tries,
    get taken() {
      return tries.filter(({ status }) => status === 200);
    },
    answer(status, headers = {}) {
      answer = status;
      more = headers;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

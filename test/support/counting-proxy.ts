import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';

export interface CountingProxy {
  /** `host:port` */
  address: string;
  /** Calls that have passed. */
  calls(): number;
  close(): Promise<void>;
}

/** How the beginning of a call is told in what a client sends. */
export type CallsIn = (bytes: Buffer) => number;

/** Of HTTP/1.1: a request that calls a tool, or asks which open tasks have changed. */
export const toolCalls: CallsIn = (bytes) =>
  bytes.toString('latin1').match(/"tools\/call"|^GET \/open-tasks\b/gm)?.length ?? 0;

const PREFACE_BYTES = 24;
const FRAME_BYTES = 9;
const HEADERS = 1;

/** Of gRPC: frames of HTTP/2 that begin a stream. One for each connection, since frames are cut anywhere. */
export function grpcCalls(): CallsIn {
  let left = PREFACE_BYTES;
  let head = Buffer.alloc(0);
  return (bytes) => {
    let calls = 0;
    for (let at = 0; at < bytes.length; ) {
      const skipped = Math.min(left, bytes.length - at);
      left -= skipped;
      at += skipped;
      const more = bytes.subarray(at, at + FRAME_BYTES - head.length);
      head = Buffer.concat([head, more]);
      at += more.length;
      if (head.length < FRAME_BYTES) break;
      left = head.readUIntBE(0, 3);
      if (head[3] === HEADERS) calls += 1;
      head = Buffer.alloc(0);
    }
    return calls;
  };
}

/** A TCP proxy in front of `target` (`host:port`) that counts the calls of its clients. */
export async function startCountingProxy(target: string, counter: () => CallsIn): Promise<CountingProxy> {
  const { hostname, port } = new URL(`http://${target}`);
  const sockets = new Set<Socket>();
  let calls = 0;
  const server = createServer((near) => {
    const far = dial(Number(port), hostname);
    const count = counter();
    near.on('data', (bytes) => {
      calls += count(bytes);
      far.write(bytes);
    });
    far.on('data', (bytes) => void near.write(bytes));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };
  return {
    address: `127.0.0.1:${address.port}`,
    calls: () => calls,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

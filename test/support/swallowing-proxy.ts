import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';

export interface SwallowingProxy {
  /** `host:port` */
  address: string;
  /** From now on nothing passes, in either direction, and no connection is closed: a cable was pulled. */
  swallow(): void;
  close(): Promise<void>;
}

/** A TCP proxy in front of `target` (`host:port`). */
export async function startSwallowingProxy(target: string): Promise<SwallowingProxy> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  let swallowing = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (swallowing) return void near.resume();
    const far = dial(Number(port), host);
    keep(far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (data) => void (swallowing || to.write(data)));
      from.on('close', () => swallowing || to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    address: `127.0.0.1:${address.port}`,
    swallow: () => {
      swallowing = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

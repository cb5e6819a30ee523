import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const MOST = 2_000;

/**
 * So many connections at most. Where one more comes, the one that has been without a request for longest makes room: so
 * connections that only wait keep nobody out. Returns what ends all of them.
 */
export function keepConnections(server: Server, most = MOST): () => void {
  const requests = new Map<Socket, number>();
  const rest = (socket: Socket) => {
    const before = requests.get(socket);
    if (before === undefined) return;
    requests.delete(socket);
    // Behind those that wait for longer.
    requests.set(socket, before - 1);
  };
  server.on('connection', (socket: Socket) => {
    requests.set(socket, 0);
    socket.once('close', () => requests.delete(socket));
    if (requests.size <= most) return;
    const idle = [...requests].find(([each, open]) => open === 0 && each !== socket);
    (idle?.[0] ?? socket).destroy();
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    requests.set(socket, (requests.get(socket) ?? 0) + 1);
    response.once('close', () => rest(socket));
  });
  return () => {
    for (const socket of requests.keys()) socket.destroy();
  };
}

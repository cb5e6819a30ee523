import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * Below those that Linux (from 32768) and macOS (from 49152) give to whoever dials: a server that goes away and comes back
 * finds its port free.
 */
const LOWEST = 20_000;
const COUNT = 12_000;
const TRIES = 50;

/** The wanted port on loopback if nothing has it, else a free one that nobody's connection takes; 0 asks for such a one. */
export async function freePort(wanted: number): Promise<number> {
  if (wanted !== 0 && (await tryPort(wanted)) === wanted) return wanted;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = LOWEST + Math.floor(Math.random() * COUNT);
    if ((await tryPort(port)) === port) return port;
  }
  const any = await tryPort(0);
  return typeof any === 'number' ? any : wanted;
}

/** The port, if this process may listen there now (0: one that is free), else the system's code: `EADDRINUSE`. */
export async function tryPort(port: number, host = '127.0.0.1'): Promise<number | string> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
  const { port: got } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return got;
}

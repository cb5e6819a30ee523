import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** The wanted port on loopback if nothing has it, else a free one; 0 asks for any. */
export async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const got = await tryPort(port);
    if (typeof got === 'number') return got;
  }
  return wanted;
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

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** The wanted port on loopback if nothing has it, else a free one; 0 asks for any. */
export async function freePort(wanted: number): Promise<number> {
  return (await listenBriefly(wanted)) ?? (await listenBriefly(0)) ?? wanted;
}

async function listenBriefly(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const { port: got } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return got;
}

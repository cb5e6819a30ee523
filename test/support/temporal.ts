import { join } from 'node:path';
import { startDevServer } from '../../embedded/servers/dev-server.ts';
import { namespaceOn, type TestTemporal } from './given-temporal.ts';
import { temporalCliForTests } from './tools.ts';

/** Of a dev server in this directory; or, where TEST_TEMPORAL_ADDRESS names a server, of that one. */
export async function startTestServer(dir: string): Promise<TestTemporal> {
  const { TEST_TEMPORAL_ADDRESS: given } = process.env;
  return given === undefined ? await ownServer(dir) : await namespaceOn(given);
}

async function ownServer(dir: string): Promise<TestTemporal> {
  const options = {
    cli: await temporalCliForTests(),
    // Not that of the commands under test: the last of them to leave would end it.
    stateDir: join(dir, 'temporal'),
    logDir: join(dir, 'temporal', 'logs'),
    env: process.env,
    uiPort: 0,
  };
  let server = await startDevServer({ ...options, port: 0 });
  const { address } = server;
  return {
    ...{ address, namespace: 'default' },
    async away() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
      return async () => {
        server = await startDevServer({ ...options, port: Number(new URL(`http://${address}`).port) });
      };
    },
    stop: () => server.stop(),
  };
}

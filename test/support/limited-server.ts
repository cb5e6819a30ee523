import { Client, Connection } from '@temporalio/client';
import { startDevServer } from '../../embedded/servers/dev-server.ts';
import { temporaryFolder } from './stub-runs.ts';
import { temporalCliForTests } from './tools.ts';

/** A dev server on a free port, with other limits: `{'limit.historyCount.suggestContinueAsNew': 120}`. */
export async function startLimitedServer(
  limits: Record<string, number>,
): Promise<{ address: string; client: Client; stop(): Promise<void> }> {
  const folder = temporaryFolder();
  const server = await startDevServer({
    ...{ cli: await temporalCliForTests(), stateDir: folder.path, logDir: folder.path, env: process.env },
    ...{ port: 0, uiPort: 0, dynamicConfig: limits },
  });
  const { address } = server;
  const connection = await Connection.connect({ address });
  return {
    address,
    client: new Client({ connection }),
    async stop() {
      await connection.close();
      await server.stop();
      folder[Symbol.dispose]();
    },
  };
}

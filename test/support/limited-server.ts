import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contract/attributes.ts';
import { prepareNamespace } from '../../embedded/servers/dev-namespace.ts';
import { freePort } from '../../os/free-port.ts';
import { temporalCliForTests } from './tools.ts';

interface LimitedServer {
  address: string;
  client: Client;
  stop(): Promise<void>;
}

/** A dev server in memory on a free port, with other limits: `{'limit.historyCount.suggestContinueAsNew': 120}`. */
export async function startLimitedServer(limits: Record<string, number>): Promise<LimitedServer> {
  try {
    return await startOne(limits);
  } catch {
    // It takes more ports than the one that it is given, of which another one may have been taken since.
    return startOne(limits);
  }
}

async function startOne(limits: Record<string, number>): Promise<LimitedServer> {
  const port = await freePort(0);
  const values = Object.entries(limits).flatMap(([name, value]) => [
    '--dynamic-config-value',
    `${name}=${value}`,
  ]);
  const server = spawn(
    await temporalCliForTests(),
    [
      ...['server', 'start-dev', '--headless', '--namespace', 'default', '--ip', '127.0.0.1'],
      ...['--port', String(port), '--log-level', 'error'],
      ...SEARCH_ATTRIBUTES.flatMap(({ name }) => ['--search-attribute', `${name}=Keyword`]),
      ...values,
    ],
    { stdio: 'ignore' },
  );
  const exited = once(server, 'exit');
  const address = `127.0.0.1:${port}`;
  await prepareNamespace(address, 30_000, () => server.exitCode === null);
  const connection = await Connection.connect({ address });
  return {
    address,
    client: new Client({ connection }),
    async stop() {
      await connection.close();
      server.kill('SIGTERM');
      await exited;
    },
  };
}

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { afterEach, expect, test } from 'vitest';
import { isTimeout } from '../../temporal/connect.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A client of whatever takes connections on this port; what it is asked is to be answered within `withinMs`. */
async function clientOf(port: number): Promise<Client> {
  const connection = Connection.lazy({ address: `127.0.0.1:${port}` });
  endings.push(() => connection.close());
  return new Client({ connection });
}

async function failureOf(client: Client, call: () => Promise<unknown>, withinMs: number): Promise<unknown> {
  return client.connection.withDeadline(Date.now() + withinMs, call).then(
    () => 'it did not fail',
    (error: unknown) => error,
  );
}

/** Takes connections, and says nothing. */
async function silentPort(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

function askForPass(client: Client): Promise<unknown> {
  const startWorkflowOperation = new WithStartWorkflowOperation('scheduler', {
    ...{ workflowId: 'scheduler', taskQueue: 'q', workflowIdConflictPolicy: 'USE_EXISTING' },
  });
  startWorkflowOperation.workflowHandle().catch(() => undefined);
  return client.workflow.executeUpdateWithStart('pass', { startWorkflowOperation });
}

test.each([
  ['a look at a workflow', (client: Client) => client.workflow.getHandle('scheduler').describe()],
  ['an update', (client: Client) => client.workflow.getHandle('scheduler').executeUpdate('pass')],
  ['an update that starts its workflow', (client: Client) => askForPass(client)],
])('%s that nobody answers has timed out, however the SDK wraps it', async (_, call) => {
  const client = await clientOf(await silentPort());
  expect(isTimeout(await failureOf(client, () => call(client), 300))).toBe(true);
});

test('other errors have not, whatever their words are', () => {
  expect(isTimeout(new Error('the deadline was cancelled', { cause: new Error('timed out') }))).toBe(false);
  expect(isTimeout('timeout')).toBe(false);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAIN_QUEUE, SCHEDULER_ID } from '../../contract/ids.ts';
import { SCHEDULER } from '../../contract/workflows.ts';
import { type DevServer, startDevServer } from '../../embedded/servers/dev-server.ts';
import { schedulerHeld } from '../../temporal/memos.ts';
import { tellWhetherEnabled } from '../../workers/tell-enabled.ts';
import { temporalCliForTests } from '../support/tools.ts';

let dir: string;
let server: DevServer;
let connection: Connection;
beforeAll(async () => {
  const cli = await temporalCliForTests();
  dir = mkdtempSync(join(tmpdir(), 'tell-enabled-'));
  const stateDir = join(dir, 'state');
  server = await startDevServer({
    ...{ cli, stateDir, logDir: join(stateDir, 'logs'), env: process.env },
    ...{ port: 0, uiPort: 0 },
  });
  connection = await Connection.connect({ address: server.address });
}, 1_800_000);
afterAll(async () => {
  await connection?.close();
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('a workflow task that a stopped worker took with it does not hide that the scheduler is disabled', async () => {
  const client = new Client({ connection });
  const known = { enabled: true, paused: false };
  await client.workflow.start(SCHEDULER, {
    ...{ workflowId: SCHEDULER_ID, taskQueue: MAIN_QUEUE, args: [known], memo: known },
    workflowTaskTimeout: '3s',
  });
  // The server hands the task to a worker that never answers.
  await connection.withDeadline(Date.now() + 10_000, () =>
    connection.workflowService.pollWorkflowTaskQueue({
      ...{ namespace: 'default', taskQueue: { name: MAIN_QUEUE }, identity: 'a stopped worker' },
    }),
  );
  await tellWhetherEnabled(client, false);
  expect(await schedulerHeld(client)).toBe(true);
});

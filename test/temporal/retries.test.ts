import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DevServer, startDevServer } from '../../embedded/servers/dev-server.ts';
import { RETRIES } from '../../temporal/retries.ts';
import { allowed } from '../support/allowed.ts';
import { temporalCliForTests } from '../support/tools.ts';

const QUEUE = 'by-hand';
/** How long the workflow task takes that is under way while the server takes no signal. */
const CLOSING_MS = 150;

let dir: string;
let server: DevServer;
let connection: Connection;
beforeAll(async () => {
  const cli = await temporalCliForTests();
  dir = mkdtempSync(join(tmpdir(), 'temporal-retries-'));
  server = await startDevServer({
    cli,
    stateDir: join(dir, 'state'),
    logDir: join(dir, 'state/logs'),
    env: process.env,
    port: 0,
    uiPort: 0,
  });
  connection = await Connection.connect({ address: server.address, ...RETRIES });
}, 1_800_000);
afterAll(async () => {
  await connection?.close();
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('a signal to a workflow that is about to end gets through as soon as the server takes it', async () => {
  const client = new Client({ connection });
  const workflow = await client.workflow.start('nobodys', {
    workflowId: 'closing',
    taskQueue: QUEUE,
    args: [],
  });
  const first = await pollByHand();
  await workflow.signal('in-between');
  // The server refuses: it has a signal that the workflow does not know of.
  await expect(answerByHand(first, 'complete')).rejects.toThrow(/UnhandledCommand/);
  const second = await pollByHand();
  let signalledMs = 0;
  const signalled = workflow.signal('late').then(() => {
    signalledMs = performance.now();
  });
  await sleep(CLOSING_MS);
  expect(signalledMs).toBe(0);
  await answerByHand(second, 'go on');
  const answeredMs = performance.now();
  await signalled;
  // The SDK by itself waits 1.36 s at least from its first try.
  expect(signalledMs - answeredMs).toBeLessThan(allowed(1_000));
  const { events } = await workflow.fetchHistory();
  const signals = (events ?? []).flatMap(
    (event) => event.workflowExecutionSignaledEventAttributes?.signalName,
  );
  expect(signals.filter((name) => name !== undefined)).toEqual(['in-between', 'late']);
});

/** The next workflow task, as a worker gets it. */
async function pollByHand(): Promise<Uint8Array> {
  const { taskToken } = await connection.withDeadline(Date.now() + 10_000, () =>
    connection.workflowService.pollWorkflowTaskQueue({
      namespace: 'default',
      taskQueue: { name: QUEUE },
      identity: 'a test',
    }),
  );
  return taskToken;
}

async function answerByHand(taskToken: Uint8Array, how: 'complete' | 'go on'): Promise<void> {
  await connection.workflowService.respondWorkflowTaskCompleted({
    namespace: 'default',
    identity: 'a test',
    taskToken,
    commands:
      how === 'go on'
        ? []
        : [
            {
              commandType: temporal.api.enums.v1.CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
              completeWorkflowExecutionCommandAttributes: {},
            },
          ],
  });
}

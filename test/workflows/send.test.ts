import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, onTestFinished, test } from 'vitest';
import { startLimitedServer } from '../support/limited-server.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';

const QUEUE = 'sending';

test('a workflow that is gone, or takes no more signals, cannot be told anything', async () => {
  const { client, address, stop } = await startLimitedServer({ 'history.maximumSignalsPerExecution': 1 });
  onTestFinished(stop);
  quietRuntime();
  const connection = await NativeConnection.connect({ address });
  const workflowsPath = new URL('../fixtures/sending-workflow.ts', import.meta.url).pathname;
  const worker = await Worker.create({ connection, taskQueue: QUEUE, workflowsPath });
  await client.workflow.start('nothing', { workflowId: 'there', taskQueue: 'nobody' });
  const told = (to: string, workflowId: string) =>
    client.workflow.execute('sending', { workflowId, taskQueue: QUEUE, args: [to] });
  await worker.runUntil(async () => {
    expect(await told('there', 'first')).toBe(true);
    expect(await told('there', 'second')).toBe(false);
    expect(await told('absent', 'third')).toBe(false);
  });
  await connection.close();
});

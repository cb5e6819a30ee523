import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAIN_QUEUE } from '../../contract/ids.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import { describeOpen, stuckOf } from '../../temporal/described.ts';
import { sayProblems } from '../../words/problem.ts';
import { eventually } from '../support/eventually.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

test('a workflow whose workflow tasks fail again and again is named in status', async () => {
  await system.agents([{ agentName: 'ada', agentType: 'dev' }]);
  await system.client.workflow.start('poolSemaphore', {
    workflowId: poolId('dev'),
    taskQueue: MAIN_QUEUE,
    args: [{}],
  });
  const said = async () => {
    const found = await describeOpen(system.client, poolId('dev'));
    return found && stuckOf(found.description);
  };
  expect(await said()).toBeUndefined();

  quietRuntime();
  const { address, namespace } = system.server;
  const connection = await NativeConnection.connect({ address });
  const workflowsPath = new URL('../fixtures/failing-workflow.ts', import.meta.url).pathname;
  const worker = await Worker.create({ connection, namespace, taskQueue: MAIN_QUEUE, workflowsPath });
  await worker.runUntil(async () => {
    await eventually('it is stuck', said, 60_000);
    const scheduler = await system.scheduler();
    const { problems } = await scheduler.status();
    await scheduler.close();
    expect(problems).toEqual([{ what: 'stuck', workflowId: poolId('dev'), failures: expect.any(Number) }]);
    expect(sayProblems(problems)).toEqual([
      expect.stringMatching(/^The workflow pool-dev is stuck: .* failed \d+ times/),
    ]);
  });
  await connection.close();
});

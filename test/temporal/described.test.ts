import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { describeOpen } from '../../temporal/described.ts';
import { pastOf } from '../../temporal/past.ts';
import { startLimitedServer } from '../support/limited-server.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { MADE_AT } from '../support/tasks.ts';

let server: Awaited<ReturnType<typeof startLimitedServer>>;
beforeAll(async () => {
  server = await startLimitedServer({});
}, 1_800_000);
afterAll(() => server?.stop());

/** A workflow that no worker handles. */
async function left(workflowId: string) {
  const handle = await server.client.workflow.start('nobodys', { workflowId, taskQueue: 'nobody' });
  const signal = (name: string, from: number, count: number) =>
    Promise.all(Array.from({ length: count }, (_, at) => handle.signal(name, from + at)));
  return { handle, signal };
}

test.each([
  ['a signal', 0, 1],
  ['one behind 200', 200, 3],
])('%s is found, and little is read where it is the last', async (_what, behind, pages) => {
  const { handle, signal } = await left(`behind-${behind}`);
  await signal('pause', 0, 1);
  await signal('resume', 1, behind);
  const read = vi.spyOn(server.client.workflowService, 'getWorkflowExecutionHistoryReverse');
  onTestFinished(() => read.mockRestore());
  const { unhandled = [] } = (await describeOpen(server.client, handle.workflowId)) ?? {};
  expect(unhandled[0]).toMatchObject({ name: 'pause', contents: [0] });
  const numbers = unhandled.map(({ contents: [number] }) => Number(number));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: behind + 1 }, (_, at) => at));
  const sizes = read.mock.calls.map(([{ maximumPageSize }]) => maximumPageSize);
  expect(sizes).toEqual([10, 100, 100].slice(0, pages));
});

test('the last run of a task is the same by the connection of the workers', async () => {
  quietRuntime();
  const connection = await NativeConnection.connect({ address: server.address });
  onTestFinished(() => connection.close());
  const asking = new Client({ connection });
  const look = (client: Client, id: number) => pastOf(client, { id, createdAt: MADE_AT }, 1_000);
  const [open, ended] = [await left('task-1'), await left('task-2')];
  await ended.handle.terminate();
  for (const id of [1, 2, 3]) expect(await look(asking, id)).toEqual(await look(server.client, id));
  expect((await look(asking, 1)).open).toMatchObject({ runId: open.handle.firstExecutionRunId });
  expect((await look(asking, 2)).notBeforeMs).toBeGreaterThan(0);
  expect(await look(asking, 3)).toMatchObject({ notBeforeMs: 0 });
});

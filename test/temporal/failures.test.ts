import { createServer } from 'node:net';
import {
  type Client,
  Connection,
  QueryNotRegisteredError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { schedulerStatus } from '../../contract/messages.ts';
import { isTimeout } from '../../temporal/failures.ts';
import { ask } from '../../temporal/query.ts';

/** An error of gRPC, by its number, as the SDK hands it on. */
function grpc(code: number, text = 'said so'): ServiceError {
  const cause = Object.assign(new Error(text), { code, details: text, metadata: {} });
  return new ServiceError('Failed to query Workflow', { cause });
}

test('a call to a server that takes the connection and says nothing is a timeout', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as { port: number };
  const connection = Connection.lazy({ address: `127.0.0.1:${port}`, interceptors: [] });
  const failure = await connection
    .withDeadline(Date.now() + 300, () => connection.workflowService.getSystemInfo({}))
    .catch((error: unknown) => error);
  await connection.close();
  expect(isTimeout(failure)).toBe(true);
});

test.each<[string, unknown, boolean]>([
  ['the deadline', grpc(4), true],
  ['a stream that the server has reset', grpc(1), true],
  ['an update', new WorkflowUpdateRPCTimeoutOrCancelledError('x', { cause: grpc(4).cause as Error }), true],
  ['a server that is down', grpc(14), false],
  ['whatever only says so', new Error('the deadline: timed out, cancelled'), false],
  ['what is no error', 'timeout', false],
])('a timeout: %s', (_, error, expected) => {
  expect(isTimeout(error)).toBe(expected);
});

function clientThatFails(error: unknown): Client {
  const connection = { withDeadline: (_untilMs: number, work: () => unknown) => work() };
  const workflow = { getHandle: () => ({ query: () => Promise.reject(error) }) };
  return { connection, workflow } as unknown as Client;
}

test.each<[string, unknown]>([
  ['no worker answers in time', grpc(4)],
  ['the call was reset at its deadline', grpc(1)],
  ['no worker has polled for a while', grpc(9, 'no poller seen for task queue recently')],
  ['the workflow is gone', new WorkflowNotFoundError('none', 'scheduler', undefined)],
  ['its version does not know the query', new QueryNotRegisteredError('no such query', 3)],
])('nobody is there to answer: %s', async (_, error) => {
  expect(await ask(clientThatFails(error), 'scheduler', schedulerStatus)).toBeUndefined();
});

test.each<[string, unknown]>([
  ['is down', grpc(14)],
  ['does not let us', grpc(7)],
  ['is broken', grpc(13)],
  ['fails as nobody has thought of', new TypeError('x is not a function')],
])('a server that %s does not say that nobody is there', async (_, error) => {
  await expect(ask(clientThatFails(error), 'scheduler', schedulerStatus)).rejects.toBe(error);
});

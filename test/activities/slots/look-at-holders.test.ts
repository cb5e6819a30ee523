import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { lookAtHolders } from '../../../activities/slots/ask-semaphores.ts';

function clientWhoseSignal(signal: () => Promise<void>): Client {
  const withDeadline = (_untilMs: number, work: () => Promise<void>) => work();
  return { withDeadline, workflow: { getHandle: () => ({ signal }) } } as unknown as Client;
}

test('a semaphore that is gone looks by itself when it comes back', async () => {
  const client = clientWhoseSignal(() =>
    Promise.reject(new WorkflowNotFoundError('none', 'pool-dev', undefined)),
  );
  await expect(lookAtHolders(client, 'pool-dev')).resolves.toBeUndefined();
});

test('where it cannot be told, the survey is made again: a lost run is found only once', async () => {
  const client = clientWhoseSignal(() => Promise.reject(new Error('unavailable')));
  await expect(lookAtHolders(client, 'pool-dev')).rejects.toThrow('unavailable');
});

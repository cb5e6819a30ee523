import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { expect, test } from 'vitest';
import { RETRIES } from '../../temporal/retries.ts';

// An error that nobody catches fails the run of these tests, as it would end the process of whoever watches.
test('a call that would be tried again when its connection was closed meanwhile ends, and ends nothing else', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1', ...RETRIES });
  const workflow = new Client({ connection }).workflow.getHandle('nobody');
  const described = workflow.describe().then(
    () => 'described',
    (error: Error) => error,
  );
  // It is between two tries, of which it has ten, mostly.
  await sleep(150);
  await connection.close();
  expect(await described).toBeInstanceOf(Error);
});

test('so does one of a connection that is closed', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1', ...RETRIES });
  await connection.close();
  const described = new Client({ connection }).workflow.getHandle('nobody').describe();
  await expect(described).rejects.toThrow();
});

import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { retryTask } from '../../client/retry.ts';
import { clientOf } from '../support/described-runs.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import { client, embeddedTinyTask } from '../support/tinytask.ts';

test('a task that could not be taken back has no comment that it was, and one when it is', async () => {
  const { endpoint } = await embeddedTinyTask();
  const proxy = await startHoldingProxy(endpoint);
  const tinytask = client(endpoint);
  const { id } = await tinytask.create({ title: 'a', createdBy: 'test' });
  await tinytask.update(id, { status: 'working', assignedTo: 'ada' });
  const server = clientOf(() => []);
  const workflow = { ...server.workflow, signalWithStart: async () => undefined };
  const deps = { client: { ...server, workflow } as unknown as Client, tinytask };
  const held = proxy.holdCall('update_task');
  const hasty = client(proxy.endpoint, 3_000);
  await expect(retryTask({ ...deps, tinytask: hasty }, id)).rejects.toMatchObject({ kind: 'timeout' });
  (await held)();
  expect([await tinytask.get(id), await tinytask.comments(id)]).toMatchObject([{ status: 'working' }, []]);
  expect(await retryTask(deps, id, { by: 'eve@box' })).toMatchObject({ did: 'taken-back', from: 'ada' });
  expect([await tinytask.get(id), await tinytask.comments(id)]).toMatchObject([
    { status: 'idle' },
    [{ content: expect.stringMatching(/Taken back by hand by eve@box: idle again\.$/) }],
  ]);
});

import { expect, test } from 'vitest';
import { Unwritten } from '../../../activities/settle/unwritten.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';

test('whoever stops waits for what has ended of its own accord too, and no longer than it takes', async () => {
  const tinytask = client((await embeddedTinyTask()).endpoint);
  const { id } = await tinytask.create({ title: 'a', createdBy: 'test', assignedTo: 'vaela' });
  const unwritten = new Unwritten();
  expect(await unwritten.writtenBack(tinytask, 1_000)).toBe(false);

  await tinytask.update(id, { status: 'working' });
  unwritten.ended(id, false);
  const waiting = unwritten.writtenBack(tinytask, 20_000);
  expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 300, 'waits'))])).toBe(
    'waits',
  );
  await tinytask.update(id, { status: 'complete' });
  expect(await waiting).toBe(true);
  expect(await unwritten.writtenBack(tinytask, 1_000)).toBe(false);

  unwritten.ended(id, true);
  expect(await unwritten.writtenBack(tinytask, 1_000)).toBe(true);
});

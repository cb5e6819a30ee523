import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Worker as Thread } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { withoutPromiseStacks } from '../../workers/workflow-thread.ts';

const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Thread };
const SCRIPT =
  "require('worker_threads').parentPort.postMessage(typeof require('node:v8').promiseHooks.createHook)";

/** What a thread that is started now, as the SDK starts one, has. */
async function kindOfHook(): Promise<unknown> {
  const thread = new threads.Worker(SCRIPT, { eval: true });
  const [said] = await once(thread, 'message');
  await thread.terminate();
  return said;
}

test('only the threads that are started meanwhile go without promise hooks', async () => {
  expect(await withoutPromiseStacks(kindOfHook)).toBe('undefined');
  expect(await kindOfHook()).toBe('function');
  await expect(withoutPromiseStacks(() => Promise.reject(new Error('not created')))).rejects.toThrow();
  expect(await kindOfHook()).toBe('function');
});

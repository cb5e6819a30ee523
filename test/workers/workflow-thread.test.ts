import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker as Thread } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { withoutPromiseStacks } from '../../workers/workflow-thread.ts';

const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Thread };
const SCRIPT =
  "require('worker_threads').parentPort.postMessage(typeof require('node:v8').promiseHooks.createHook)";
const dir = mkdtempSync(join(tmpdir(), 'workflow-thread-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What a thread of that file that is started now, as the SDK starts one, has. */
async function kindOfHook(name = 'workflow-worker-thread.js'): Promise<unknown> {
  const file = join(dir, name);
  writeFileSync(file, SCRIPT);
  const thread = new threads.Worker(file);
  const [said] = await once(thread, 'message');
  await thread.terminate();
  return said;
}

test('only the threads of workflows that are started meanwhile go without promise hooks', async () => {
  expect(await withoutPromiseStacks(() => kindOfHook())).toBe('undefined');
  expect(await withoutPromiseStacks(() => kindOfHook('another.js'))).toBe('function');
  expect(await kindOfHook()).toBe('function');
  await expect(withoutPromiseStacks(() => Promise.reject(new Error('not created')))).rejects.toThrow();
  expect(await kindOfHook()).toBe('function');
});

test('until the last of several at the same time is over', async () => {
  let endFirst: () => void = () => undefined;
  const first = withoutPromiseStacks(() => new Promise<void>((resolve) => (endFirst = resolve)));
  const second = withoutPromiseStacks(async () => {
    endFirst();
    await first;
    return kindOfHook();
  });
  expect(await second).toBe('undefined');
  expect(await kindOfHook()).toBe('function');
});

test('the file by which they are known is the one that the SDK starts', () => {
  const sdk = createRequire(createRequire(import.meta.url).resolve('@temporalio/worker'));
  expect(sdk.resolve('./workflow/workflow-worker-thread')).toMatch(/[\\/]workflow-worker-thread\.js$/);
});

import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allowed } from '../support/allowed.ts';
import { startLimitedServer } from '../support/limited-server.ts';
import { seesSignal } from './sees-signal.ts';

const WITHIN_MS = 10_000;
/** So long a look goes on in which nothing is seen. */
const SHORT_MS = 700;

describe('the next signal of a workflow', () => {
  let server: Awaited<ReturnType<typeof startLimitedServer>>;
  let semaphore: WorkflowHandle;
  beforeAll(async () => {
    server = await startLimitedServer({});
  });
  afterAll(() => server.stop());
  beforeEach(async ({ task }) => {
    // Nobody works for it: its history is what is looked at.
    const workflowId = `semaphore ${task.id}`;
    semaphore = await server.client.workflow.start('none', { taskQueue: 'none', workflowId });
    await semaphore.signal('release');
  });
  const sees = (withinMs: number) => seesSignal(server.client, semaphore.workflowId, 'release', withinMs);

  test('is seen while it waits for it', async () => {
    const seen = sees(WITHIN_MS);
    const ended = seen.then(() => true);
    // Sent until one is seen, since the look begins at some moment now.
    while (!(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 300, false))])))
      await semaphore.signal('release');
    expect(await seen).toBe(true);
  });

  test('is not one that was there before, nor one of another name', async () => {
    const seen = sees(SHORT_MS);
    await semaphore.signal('request');
    expect(await seen).toBe(false);
  });

  test('does not come of a run that has ended', async () => {
    const seen = sees(WITHIN_MS);
    await semaphore.terminate();
    const startMs = performance.now();
    expect(await seen).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(allowed(WITHIN_MS / 2));
  });
});

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { MAIN_QUEUE } from '../contract/ids.ts';
import { answerTo } from '../contract/messages.ts';
import { isNobodyThere } from './failures.ts';
import type { Starting } from './fulfilled.ts';

const PAUSE_MS = 200;

/**
 * Whether a worker answers for the workflow within the time. It is started where it does not run. Nothing is asked of it, so
 * nothing is left behind that somebody does later.
 */
export async function isServed(
  client: Client,
  { workflowId, start }: Starting,
  withinMs: number,
): Promise<boolean> {
  const untilMs = performance.now() + withinMs;
  const { workflow, args, summary: staticSummary } = start;
  for (;;) {
    try {
      await client.withDeadline(Date.now() + untilMs - performance.now(), async () => {
        const handle = await client.workflow.start(workflow, {
          ...{ workflowId, taskQueue: MAIN_QUEUE, args, workflowIdConflictPolicy: 'USE_EXISTING' },
          ...(staticSummary !== undefined && { staticSummary }),
        });
        // By its id alone: it may just go on as new.
        await client.workflow.getHandle(handle.workflowId).query(answerTo, randomUUID());
      });
      return true;
    } catch (error) {
      if (!isNobodyThere(error)) throw error;
    }
    if (performance.now() + PAUSE_MS >= untilMs) return false;
    await sleep(PAUSE_MS);
  }
}

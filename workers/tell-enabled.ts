import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { disable, enable } from '../contract/messages.ts';
import { schedulerMemo } from '../temporal/memos.ts';
import { signalScheduler } from '../temporal/scheduler.ts';

/**
 * A worker that was stopped may have a workflow task of the scheduler with it. The server gives it up after 10 s, and shows
 * nobody what was signalled in between.
 */
const SHOWN_WITHIN_MS = 20_000;
const LOOK_MS = 100;

/**
 * Tells the scheduler whether the process that schedules has it enabled. Called before any work is taken: a goose run looks
 * whether it may start, and its slot may have been granted long ago. So it returns only when whoever looks sees it.
 *
 * @throws Error if the server does not show it within 20 s: nothing must be taken then
 */
export async function tellWhetherEnabled(client: Client, enabled: boolean): Promise<void> {
  const isKnown = async () => ((await schedulerMemo(client))?.enabled ?? true) === enabled;
  if (await isKnown()) return;
  await signalScheduler(client, enabled ? enable : disable, []);
  const untilMs = performance.now() + SHOWN_WITHIN_MS;
  while (!(await isKnown())) {
    if (performance.now() > untilMs)
      throw new Error(`the scheduler does not take that it is ${enabled ? 'enabled' : 'disabled'}`);
    await sleep(LOOK_MS);
  }
}

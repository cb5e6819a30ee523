import type { Client } from '@temporalio/client';
import { MAIN_QUEUE, SCHEDULER_ID } from '../contract/ids.ts';
import type { SchedulerMemo } from '../contract/memos.ts';
import type { Message } from '../contract/messages.ts';
import type { SchedulerInput } from '../contract/scheduler-input.ts';
import { SCHEDULER, type Workflows } from '../contract/workflows.ts';
import type { Starting } from './fulfilled.ts';
import { schedulerInput } from './memos.ts';

const START = { workflowId: SCHEDULER_ID, taskQueue: MAIN_QUEUE };

/**
 * Signals the scheduler, also before its first start: it then starts with the message, and waits for a daemon.
 *
 * @param as what it is started with where it does not run; by default as the one before it was left
 */
export async function signalScheduler<Args extends unknown[]>(
  client: Client,
  message: Message<Args>,
  args: NoInfer<Args>,
  as?: { input: SchedulerInput; memo: SchedulerMemo },
): Promise<void> {
  await client.workflow.signalWithStart<Workflows['scheduler'], unknown[]>(SCHEDULER, {
    ...START,
    args: [as?.input ?? (await schedulerInput(client))],
    ...(as && { memo: { ...as.memo } }),
    signal: message.name,
    signalArgs: args,
  });
}

/** For a wish to the scheduler, which is started for it where it does not run. */
export async function scheduler(client: Client): Promise<Starting> {
  return {
    workflowId: SCHEDULER_ID,
    start: { workflow: SCHEDULER, args: [await schedulerInput(client)] },
  };
}

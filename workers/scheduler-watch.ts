import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Tell } from '../activities/events.ts';
import { SCHEDULER_ID } from '../contract/ids.ts';
import { daemonStarted } from '../contract/messages.ts';
import { keepLooking } from '../os/keep-looking.ts';
import { leftIn, type SchedulerLeft, schedulerInput } from '../temporal/memos.ts';
import { signalScheduler } from '../temporal/scheduler.ts';

const LOOK_MS = 3_000;

interface Deps {
  client: Client;
  /** `TINYSCHEDULER_ENABLED` of this process. */
  enabled: boolean;
  tell: Tell;
}

/**
 * Wakes the scheduler, and looks every 3 s whether it is still there, until the returned function is called. It may be
 * ended from outside; started anew, it finds the runs that are open. Throws when the server does not answer at first.
 */
export async function keepScheduler(deps: Deps): Promise<() => void> {
  await wake(deps, await schedulerInput(deps.client));
  return keepLooking(LOOK_MS, async () => {
    const ended = await howItEnded(deps.client);
    if (ended === undefined) return;
    await wake(deps, ended);
    const { how, paused, stopped = false } = ended;
    deps.tell({ what: 'scheduler-started-again', how, paused: paused || stopped });
  });
}

/** Starts it where it does not run. */
async function wake({ client, enabled }: Deps, left: SchedulerLeft): Promise<void> {
  const { paused = false, stopped, deeds } = left;
  const known = { ...{ enabled, paused }, ...(stopped && { stopped }), ...(deeds && { deeds }) };
  const as = { input: known, memo: known };
  await signalScheduler(client, daemonStarted, [], as);
}

/** Undefined while it runs. */
async function howItEnded(
  client: Client,
): Promise<(SchedulerLeft & { how: string; paused: boolean }) | undefined> {
  try {
    const { status, memo } = await client.workflow.getHandle(SCHEDULER_ID).describe();
    if (status.name === 'RUNNING') return undefined;
    return { how: status.name.toLowerCase().replaceAll('_', ' '), ...leftIn(memo) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { how: 'deleted', paused: false };
    throw error;
  }
}

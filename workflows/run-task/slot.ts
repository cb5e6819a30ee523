import { condition, proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { SemaphoreActivities } from '../../contract/activities.ts';
import { lookAtHolders, releaseSlot } from '../../contract/messages.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import { whoseSlots } from '../../domain/semaphore-id.ts';
import type { Grant, RunRef } from '../../domain/slots/pool.ts';
import { sayWhose } from '../../words/whose.ts';
import { send } from '../sdk/send.ts';
import type { TaskRun } from './task-run.ts';

// Local, since the answer to a signal by the workflow itself costs a workflow task more. To ask twice does no harm.
const { askForSlot } = proxyLocalActivities<SemaphoreActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '10s' },
});

/**
 * Waits in line for a slot. `over`: the run has left the line, since its task may not start or is no longer its business.
 * `cancelled`: a person cancelled the workflow.
 */
export async function waitForSlot(run: TaskRun): Promise<Grant | 'over' | 'cancelled'> {
  const { notBeforeMs } = run.input;
  if (notBeforeMs > Date.now()) {
    run.enter('waiting', 'Waits until the processes of its last run are certainly gone.', notBeforeMs);
    await sleep(notBeforeMs - Date.now());
  }
  run.enter('waiting', `In line for a slot of ${sayWhose(whoseSlots(run.input))}.`);
  await ask(run);
  for (;;) {
    await condition(
      () => run.grants.length > 0 || run.withdrawn || run.cancelled || run.lookDue || run.askDue,
    );
    const grant = run.grants.pop();
    if (grant !== undefined && !run.cancelled) return grant;

    if (run.askDue && !run.cancelled) await ask(run);
    if (run.cancelled || run.withdrawn || (run.lookDue && (await run.taskLeft()))) {
      const late = grant ?? run.grants.pop();
      await giveBack(run, late ?? { ...run.ref, fence: null }, null);
      return run.cancelled ? 'cancelled' : over(run);
    }
  }
}

async function over(run: TaskRun): Promise<'over'> {
  // Its memo was written as if the run would complete; it did nothing, so the past stays as it was.
  run.remember(run.past);
  await run.tellScheduler('ended');
  return 'over';
}

async function ask(run: TaskRun): Promise<void> {
  run.askDue = false;
  const { semaphore, rank, rankedAtMs, wants } = run.input;
  await askForSlot(semaphore, { ...run.ref, rank, rankedAtMs, wants });
}

type Held = RunRef & { fence: number | null };

/** Gives back the slot, if the run still has it, and whatever was granted to it since. */
export async function giveBack(run: TaskRun, held: Held | undefined, verdict: Verdict | null): Promise<void> {
  if (held !== undefined) await release(run, held, verdict);
  for (const stray of run.grants.splice(0)) await release(run, stray, null);
}

/**
 * A reset run may hold the grant of the run before it, whose goose may still live: that slot is not its own to give
 * back, so the semaphore is told to look whose it is.
 */
async function release(run: TaskRun, held: Held, verdict: Verdict | null): Promise<void> {
  const { workflowId, runId, fence } = held;
  const to = { workflowId: run.input.semaphore };
  if (runId !== run.ref.runId) await send(to, lookAtHolders);
  else await send(to, releaseSlot, { workflowId, runId, fence, verdict });
}

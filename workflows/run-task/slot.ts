import { condition, proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { SemaphoreActivities } from '../../contract/activities.ts';
import { lookAtHolders, releaseSlot } from '../../contract/messages.ts';
import { whoseSlots } from '../../domain/semaphore-id.ts';
import type { Release } from '../../domain/slots/give-back.ts';
import type { Grant } from '../../domain/slots/pool.ts';
import type { RunRef } from '../../domain/slots/run-ref.ts';
import { sayWhose } from '../../words/whose.ts';
import { send } from '../sdk/send.ts';
import type { TaskRun } from './task-run.ts';
import { taskLeft } from './write-back.ts';

// A local activity and no signal of the workflow: the result of a signal would cost another workflow task. If it is tried
// again, the run asks twice, which does no harm.
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
    if (run.cancelled || run.withdrawn || (run.lookDue && (await taskLeft(run)))) {
      const late = grant ?? run.grants.pop();
      await giveBack(run, late ?? { ...run.ref, fence: null });
      return run.cancelled ? 'cancelled' : over(run);
    }
  }
}

async function over(run: TaskRun): Promise<'over'> {
  // The memo counts an attempt since the start of the run. None was made, so the past is what it was before.
  run.remember(run.past);
  await run.tellScheduler('ended');
  return 'over';
}

async function ask(run: TaskRun): Promise<void> {
  run.askDue = false;
  const { semaphore, rank, rankedAtMs, wants, recipe } = run.input;
  await askForSlot(semaphore, {
    ...{ ...run.ref, rank, rankedAtMs, wants },
    ...(recipe !== undefined && { recipe }),
  });
}

type Held = RunRef & { fence: number | null };

/**
 * Gives back the slot, if the run still has it, and whatever was granted to it since.
 *
 * @param said what the attempt shows of the agent, and what it took; absent: there was none
 */
export async function giveBack(run: TaskRun, held: Held | undefined, said: Said = NOTHING): Promise<void> {
  if (held !== undefined) await release(run, { ...held, ...said });
  for (const grant of run.grants.splice(0)) await release(run, { ...grant, ...NOTHING });
}

type Said = Pick<Release, 'verdict' | 'spent'>;
/** There was no attempt. */
const NOTHING: Said = { verdict: null, spent: 'nothing' };

/**
 * A reset run may have the grant of the run before it, whose goose may still live. It may not give that slot back, so it has
 * the semaphore look at its holders.
 */
async function release(run: TaskRun, { workflowId, runId, fence, verdict, spent }: Release): Promise<void> {
  const to = { workflowId: run.input.semaphore };
  if (runId !== run.ref.runId) await send(to, lookAtHolders);
  else await send(to, releaseSlot, { workflowId, runId, fence, verdict, spent });
}

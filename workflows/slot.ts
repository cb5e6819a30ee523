import { condition, proxyActivities, sleep } from '@temporalio/workflow';
import type { SemaphoreActivities } from '../activities/semaphore.ts';
import { MAIN_QUEUE, semaphoreId } from '../domain/ids.ts';
import type { Grant } from '../domain/slots.ts';
import type { Verdict } from '../domain/verdict.ts';
import { lookAtHolders, releaseSlot, requestSlot } from './messages.ts';
import { send } from './send.ts';
import { SHORT_ACTIVITY } from './short-activity.ts';
import type { TaskRun } from './task-run.ts';

const activities = proxyActivities<SemaphoreActivities>({
  ...SHORT_ACTIVITY,
  taskQueue: MAIN_QUEUE,
});

/**
 * Waits for a slot of the agent. `over`: the run was withdrawn, or its task is no longer its business.
 * `cancelled`: a person cancelled the workflow.
 */
export async function waitForSlot(run: TaskRun): Promise<Grant | 'over' | 'cancelled'> {
  const { agent, notBeforeMs } = run.input;
  if (notBeforeMs > Date.now()) {
    run.enter('waiting', 'Waits until the processes of its last run are certainly gone.', notBeforeMs);
    await sleep(notBeforeMs - Date.now());
  }
  run.enter('waiting', `Waits for a slot of ${agent}.`);
  await ask(run);
  for (;;) {
    await condition(
      () => run.grants.length > 0 || run.withdrawn || run.cancelled || run.lookDue || run.askDue,
    );
    const grant = run.grants.pop();
    if (grant !== undefined && !run.cancelled) return grant;
    if (run.withdrawn && !run.cancelled) return over(run, 'withdrawn');

    if (run.askDue && !run.cancelled) await ask(run);
    if (run.cancelled || (run.lookDue && (await run.taskLeft()))) {
      const late = grant ?? run.grants.pop();
      await releaseTo(run, late ?? { ...run.ref, fence: null }, null);
      return run.cancelled ? 'cancelled' : over(run, 'ended');
    }
  }
}

async function over(run: TaskRun, how: 'ended' | 'withdrawn'): Promise<'over'> {
  // Its memo was written as if the run would complete; it did nothing, so the past stays as it was.
  run.remember(run.past);
  await run.tellScheduler(how);
  return 'over';
}

async function ask(run: TaskRun): Promise<void> {
  run.askDue = false;
  const { agent, rank, extra } = run.input;
  const wanted = { ...run.ref, rank, extra };
  const to = { workflowId: semaphoreId(agent) };
  while (!(await send(to, requestSlot, wanted))) await activities.ensureSemaphore(agent);
}

/**
 * Gives the slot back. A reset run may hold the grant of the run before it, whose goose may still live: that slot is
 * not its own to give back, so the semaphore is told to look whose it is.
 */
export async function releaseTo(
  run: TaskRun,
  held: { workflowId: string; runId: string; fence: number | null },
  verdict: Verdict | null,
): Promise<void> {
  const to = { workflowId: semaphoreId(run.input.agent) };
  const give = async ({ workflowId, runId, fence }: typeof held, says: Verdict | null) => {
    if (runId !== run.ref.runId) await send(to, lookAtHolders);
    else await send(to, releaseSlot, { workflowId, runId, fence, verdict: says });
  };
  await give(held, verdict);
  for (const stray of run.grants.splice(0)) await give(stray, null);
}

import { condition, patched } from '@temporalio/workflow';
import { inBatches } from '../../contract/in-batches.ts';
import { askAgain, grantSlot, stopAttempt } from '../../contract/messages.ts';
import type { SemaphoreInput } from '../../contract/semaphore-input.ts';
import { release } from '../../domain/slots/give-back.ts';
import { grantDue, nextDueMs } from '../../domain/slots/grant.ts';
import { agentOf, type Grant, type Pool } from '../../domain/slots/pool.ts';
import { isSameRun } from '../../domain/slots/run-ref.ts';
import { Alarm, NEVER } from '../sdk/alarm.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import { send } from '../sdk/send.ts';
import { Looks } from './looks.ts';
import { handleMessages } from './messages.ts';
import { SemaphoreState } from './semaphore-state.ts';
import { memoOf, Teller } from './tell.ts';

/** The slots of one pool: who holds one of which agent, who is in line, and how its agents are. Never completes. */
export async function poolSemaphore(given: SemaphoreInput): Promise<void> {
  const input = asItBegan(given);
  const state = new SemaphoreState(input, Date.now());
  handleMessages(state);
  const { pool } = state;
  const looks = new Looks(state);
  const alarm = new Alarm(state);
  const teller = new Teller(input.semaphore, input.carried === undefined && !input.fresh);

  for (;;) {
    await condition(() => state.work);
    state.work = false;
    const grants = state.resend.splice(0).filter((grant) => isHeld(pool, grant));
    await inBatches(grants, (grant) => send(grant, grantSlot, grant));
    await inBatches(state.toStop.splice(0), (attempt) => send(attempt, stopAttempt, attempt));
    const nowMs = await grantAll(state, teller);
    await teller.tell(state, nowMs);
    // From `nowMs` on: something may have become due while messages were sent.
    alarm.set(Math.min(looks.dueAtMs, nextDueMs(pool, nowMs) ?? NEVER));
    // Also while there is work: under load there always is, and what is recorded in the pool goes along.
    if (state.isAtRest && !looks.busy && hasLongHistory()) {
      await continueAsNew<'poolSemaphore'>({ ...input, carried: state.carried() }, memoOf(state));
    }
  }
}

/** A worker of an earlier version, which may have begun it, did not heed its first fence, and its history is replayed without it. */
function asItBegan({ fencesFrom, ...input }: SemaphoreInput): SemaphoreInput {
  const isHeeded = fencesFrom !== undefined && input.carried === undefined && patched('fences-from-input');
  return isHeeded ? { ...input, fencesFrom } : input;
}

/** Returns the moment of the last grants: what was due by then has been given. */
async function grantAll(state: SemaphoreState, teller: Teller): Promise<number> {
  const { pool } = state;
  for (;;) {
    const nowMs = Date.now();
    const grants = grantDue(pool, nowMs);
    // Together with the grants: a semaphore that is ended now leaves what it has reserved to the next one.
    if (grants.some(({ agent }) => agentOf(pool, agent)?.tokens !== undefined)) teller.keep(state);
    const sent = await inBatches(grants, async (grant) => {
      if (await send(grant, grantSlot, grant)) return true;
      await takeBack(pool, grant);
      return false;
    });
    // The slot of a run that was gone is free for the next in line.
    if (!sent.includes(false)) return nowMs;
  }
}

function isHeld({ holders }: Pool, grant: Grant): boolean {
  return holders.some((holder) => isSameRun(holder, grant) && holder.fence === grant.fence);
}

/** The run is closed. If it was reset while it was in line, the run that goes on from it does not know that it has to ask. */
async function takeBack(pool: Pool, { workflowId, runId, fence }: Grant): Promise<void> {
  release(pool, { workflowId, runId, fence, verdict: null, spent: 'nothing' }, Date.now());
  await send({ workflowId }, askAgain);
}

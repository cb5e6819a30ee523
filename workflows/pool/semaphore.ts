import { condition, sleep } from '@temporalio/workflow';
import { inBatches } from '../../contract/in-batches.ts';
import { askAgain, grantSlot } from '../../contract/messages.ts';
import type { SemaphoreInput } from '../../contract/semaphore-input.ts';
import { release } from '../../domain/slots/give-back.ts';
import { grantDue, nextDueMs } from '../../domain/slots/grant.ts';
import type { Grant, Pool } from '../../domain/slots/pool.ts';
import { isSameRun } from '../../domain/slots/run-ref.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import { send } from '../sdk/send.ts';
import { Looks, NEVER } from './looks.ts';
import { handleMessages } from './messages.ts';
import { SemaphoreState } from './semaphore-state.ts';
import { memoOf, Teller } from './tell.ts';

/** The slots of one pool: who holds one of which agent, who is in line, and how its agents are. Never completes. */
export async function poolSemaphore(input: SemaphoreInput): Promise<void> {
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
    const nowMs = await grantAll(pool);
    await teller.tell(pool, state.complaints, nowMs);
    // Also what has become due while it was sent.
    alarm.set(Math.min(looks.dueAtMs, nextDueMs(pool, nowMs) ?? NEVER));
    // Not `!work`: under load there is always some, and what is recorded in the pool goes along.
    if (state.isAtRest && !looks.busy && hasLongHistory()) {
      const memo = memoOf(pool, state.complaints);
      await continueAsNew<'poolSemaphore'>({ ...input, carried: state.carried() }, memo);
    }
  }
}

/** Returns the moment of the last grants: what was due by then has been given. */
async function grantAll(pool: Pool): Promise<number> {
  for (;;) {
    const nowMs = Date.now();
    const sent = await inBatches(grantDue(pool, nowMs), async (grant) => {
      if (await send(grant, grantSlot, grant)) return true;
      await takeBack(pool, grant);
      return false;
    });
    // A run that was gone has left a free slot to the next in line.
    if (!sent.includes(false)) return nowMs;
  }
}

function isHeld({ holders }: Pool, grant: Grant): boolean {
  return holders.some((holder) => isSameRun(holder, grant) && holder.fence === grant.fence);
}

/** Where a run was reset while it was in line, its successor does not know that it has to ask anew. */
async function takeBack(pool: Pool, { workflowId, runId, fence }: Grant): Promise<void> {
  release(pool, { workflowId, runId, fence, verdict: null }, Date.now());
  await send({ workflowId }, askAgain);
}

/** Wakes the semaphore. A timer that rings too early wakes it for nothing, which costs less than a new one each time. */
class Alarm {
  #ringsAtMs = NEVER;
  readonly #state: { work: boolean };

  constructor(state: { work: boolean }) {
    this.#state = state;
  }

  set(atMs: number): void {
    if (atMs >= this.#ringsAtMs) return;
    this.#ringsAtMs = atMs;
    void sleep(Math.max(1, atMs - Date.now())).then(() => {
      if (this.#ringsAtMs === atMs) this.#ringsAtMs = NEVER;
      this.#state.work = true;
    });
  }
}

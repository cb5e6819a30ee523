import { condition, makeContinueAsNewFunc, sleep } from '@temporalio/workflow';
import type { Complaint } from '../../domain/complaint.ts';
import type { PoolKnown } from '../../domain/plan-input.ts';
import { release } from '../../domain/slots/give-back.ts';
import { grantDue, nextDueMs } from '../../domain/slots/grant.ts';
import type { Grant, KnownOfAgent, Pool, PoolPolicy } from '../../domain/slots/pool.ts';
import { inBatches } from '../in-batches.ts';
import { hasLongHistory } from '../long-history.ts';
import { askAgain, grantSlot } from '../messages.ts';
import { send } from '../send.ts';
import { Looks, NEVER } from './looks.ts';
import { SemaphoreState } from './semaphore-state.ts';
import { memoOf, Teller } from './tell.ts';

export interface SemaphoreInput {
  /** Its workflow id. */
  semaphore: string;
  policy: PoolPolicy;
  /** Agents that come from another pool, where they may still hold slots, and what was known of them there. */
  moved: KnownOfAgent[];
  /** What the semaphore before it told, which somebody has ended. */
  before?: PoolKnown;
  schedulerPaused: boolean;
  /** No semaphore of this id was ever there, so nobody but a moved agent's run can hold a slot of it. */
  fresh: boolean;
  /** Of the run before, over continue-as-new. */
  carried?: Carried;
}

export interface Carried {
  pool: Pool;
  complaints: Complaint[];
  lookAgain: LookAgain | null;
}

/** The runs of agents whose state was lost are looked for a second time, before anything is given to these agents. */
export interface LookAgain {
  agents: string[];
  /** Milliseconds since the epoch. */
  atMs: number;
}

/** The slots of one pool: who holds one of which agent, who is in line, and how its agents are. Never completes. */
export async function poolSemaphore(input: SemaphoreInput): Promise<void> {
  const state = new SemaphoreState(input);
  const { pool } = state;
  const looks = new Looks(state);
  const alarm = new Alarm(state);
  const teller = new Teller(input.semaphore, input.carried === undefined && !input.fresh);

  for (;;) {
    alarm.set(Math.min(looks.dueAtMs, nextDueMs(pool, Date.now()) ?? NEVER));
    await condition(() => state.work);
    state.work = false;
    await inBatches(state.again.splice(0), (grant) => send(grant, grantSlot, grant));
    await grantAll(pool);
    await teller.tell(pool, state.complaints);
    // Not `!work`: under load there is always some, and what is recorded in the pool goes along.
    if (state.isAtRest && !looks.busy && hasLongHistory()) await goOnAsNew(input, state);
  }
}

async function goOnAsNew(
  input: SemaphoreInput,
  { pool, complaints, lookAgain }: SemaphoreState,
): Promise<never> {
  const next = makeContinueAsNewFunc<typeof poolSemaphore>({ memo: memoOf(pool, complaints) });
  return next({ ...input, carried: { pool, complaints, lookAgain } });
}

async function grantAll(pool: Pool): Promise<void> {
  const sent = await inBatches(grantDue(pool, Date.now()), async (grant) => {
    if (await send(grant, grantSlot, grant)) return true;
    await takeBack(pool, grant);
    return false;
  });
  // A run that was gone has left a free slot to the next in line.
  if (sent.includes(false)) await grantAll(pool);
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

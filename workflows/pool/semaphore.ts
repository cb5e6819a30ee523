import { condition, makeContinueAsNewFunc, proxyActivities, sleep } from '@temporalio/workflow';
import type { SemaphoreActivities } from '../../activities/semaphore.ts';
import type { Complaint } from '../../domain/complaint.ts';
import { MAIN_QUEUE } from '../../domain/ids.ts';
import type { PoolKnown } from '../../domain/plan-input.ts';
import { foundClosed, release } from '../../domain/slots/give-back.ts';
import { grantDue, nextDueMs } from '../../domain/slots/grant.ts';
import {
  type Grant,
  isSameRun,
  type KnownOfAgent,
  type Pool,
  type PoolPolicy,
} from '../../domain/slots/pool.ts';
import { foundHolder, foundWaiter } from '../../domain/slots/rebuild.ts';
import { inBatches } from '../in-batches.ts';
import { hasLongHistory } from '../long-history.ts';
import { askAgain, grantSlot } from '../messages.ts';
import { send } from '../send.ts';
import { SHORT_ACTIVITY } from '../short-activity.ts';
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

/** Somebody in line for so long is reason to look whether those who hold the slots still live. */
const LOOK_AT_HOLDERS_MS = 60_000;

const activities = proxyActivities<SemaphoreActivities>({
  ...SHORT_ACTIVITY,
  taskQueue: MAIN_QUEUE,
});

/** The slots of one pool: who holds one of which agent, who is in line, and how its agents are. Never completes. */
export async function poolSemaphore(input: SemaphoreInput): Promise<void> {
  const state = new SemaphoreState(input);
  const { pool } = state;
  const alarm = new Alarm(state);
  const teller = new Teller(input.semaphore, input.carried === undefined && !input.fresh);
  let lookedAtMs = Date.now();

  for (;;) {
    const lookDueAtMs = Math.max(oldestMs(pool), lookedAtMs) + LOOK_AT_HOLDERS_MS;
    alarm.set(Math.min(state.lookAgain?.atMs ?? NEVER, lookDueAtMs, nextDueMs(pool, Date.now()) ?? NEVER));
    await condition(() => state.work);
    state.work = false;
    // Of one moment: who is still quiet here is not given anything further down, before the second look for its runs.
    const nowMs = Date.now();
    await findRuns(state);
    if (state.lookDue || Date.now() >= lookDueAtMs) {
      state.lookDue = false;
      lookedAtMs = Date.now();
      await lookAtHolders(state);
    }
    await inBatches(state.again.splice(0), (grant) => send(grant, grantSlot, grant));
    await grantAll(pool, nowMs);
    await teller.tell(pool, state.complaints);
    // Not `!work`: under load there is always some, and what is recorded in the pool goes along.
    if (state.isAtRest && hasLongHistory()) await goOnAsNew(input, state);
  }
}

const NEVER = Number.POSITIVE_INFINITY;

async function goOnAsNew(
  input: SemaphoreInput,
  { pool, complaints, lookAgain }: SemaphoreState,
): Promise<never> {
  const next = makeContinueAsNewFunc<typeof poolSemaphore>({ memo: memoOf(pool, complaints) });
  return next({ ...input, carried: { pool, complaints, lookAgain } });
}

/**
 * Looks for the open runs of agents that may have more of them than are known here: those of a semaphore that lost its
 * state (somebody terminated it), and those that come from another pool. They are given nothing for one heartbeat timeout:
 * whoever is not found by then, in a second look, is certainly dead.
 */
async function findRuns(state: SemaphoreState): Promise<void> {
  const { pool } = state;
  if (state.toFind.size > 0) {
    const agents = [...state.toFind];
    state.toFind.clear();
    await look(state, agents);
    const known = state.lookAgain?.agents ?? [];
    const atMs = Math.max(0, ...pool.agents.map((agent) => agent.quietUntilMs));
    state.lookAgain = { agents: [...new Set([...known, ...agents])], atMs };
  }
  if (state.lookAgain !== null && Date.now() >= state.lookAgain.atMs) {
    const { agents } = state.lookAgain;
    await look(state, agents);
    await lookAtHolders(state);
    state.lookAgain = null;
  }
}

async function look(state: SemaphoreState, agents: string[]): Promise<void> {
  const { pool, semaphore } = state;
  state.heard = [];
  const found = await activities.openRunsOf({ semaphore, agents });
  const sinceMs = Date.now();
  for (const { phase, agent, rank, rankedAtMs, wants, ...run } of found) {
    if (phase === 'running' && agent !== null) foundHolder(pool, { ...run, agent, sinceMs }, state.heard);
    else if (phase === 'waiting')
      foundWaiter(pool, { ...run, rank, rankedAtMs, wants, sinceMs }, state.heard);
  }
  state.heard = null;
}

async function lookAtHolders(state: SemaphoreState): Promise<void> {
  const { pool } = state;
  if (pool.holders.length === 0) return;
  state.heard = [];
  const looks = await activities.lookAtRuns(pool.holders);
  for (const { closedAtMs, mayHold, ...run } of looks) {
    if (closedAtMs !== null) foundClosed(pool, { ...run, closedAtMs });
    // One that has asked since has got its slot again.
    else if (!mayHold && !state.heard.some((heard) => isSameRun(heard, run)))
      release(pool, { ...run, fence: null, verdict: null }, Date.now());
  }
  state.heard = null;
}

async function grantAll(pool: Pool, nowMs: number): Promise<void> {
  const sent = await inBatches(grantDue(pool, nowMs), async (grant) => {
    if (await send(grant, grantSlot, grant)) return true;
    await takeBack(pool, grant);
    return false;
  });
  // A run that was gone has left a free slot to the next in line.
  if (sent.includes(false)) await grantAll(pool, nowMs);
}

/** Where a run was reset while it was in line, its successor does not know that it has to ask anew. */
async function takeBack(pool: Pool, { workflowId, runId, fence }: Grant): Promise<void> {
  release(pool, { workflowId, runId, fence, verdict: null }, Date.now());
  await send({ workflowId }, askAgain);
}

/** When the one who is longest in line came, in milliseconds since the epoch; far ahead where nobody is. */
function oldestMs({ waiters }: Pool): number {
  return waiters.reduce((oldest, { sinceMs }) => Math.min(oldest, sinceMs), NEVER);
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

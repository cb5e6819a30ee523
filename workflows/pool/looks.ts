import { condition, patched, proxyActivities } from '@temporalio/workflow';
import type { SemaphoreActivities } from '../../contract/activities.ts';
import { MAIN_QUEUE } from '../../contract/ids.ts';
import { rollDays, settleUnfound } from '../../domain/slots/budget.ts';
import { foundClosed, release } from '../../domain/slots/give-back.ts';
import { endQuiet } from '../../domain/slots/pool.ts';
import { foundHolder, foundWaiter } from '../../domain/slots/rebuild.ts';
import { isSameRun, type RunRef, refOf } from '../../domain/slots/run-ref.ts';
import { NEVER } from '../sdk/alarm.ts';
import { SHORT_ACTIVITY } from '../sdk/short-activity.ts';
import type { SemaphoreState } from './semaphore-state.ts';

const activities = proxyActivities<SemaphoreActivities>({
  ...SHORT_ACTIVITY,
  taskQueue: MAIN_QUEUE,
});

/** When a run has been in line for so long, the semaphore looks whether the runs that hold its slots are still open. */
const LOOK_AT_HOLDERS_MS = 60_000;
/**
 * For so long a run that has just got its slot may still look as if it rested. It leaves its rest and asks in one workflow
 * task, which is done anew after a time-out if its worker is killed.
 */
const JUST_GRANTED_MS = 60_000;
/** What a run has said while it was looked for is known to the server's list by then. */
const ONCE_MORE_MS = 5_000;
const AT_A_TIME = 50;

/**
 * Asks the server for the runs themselves. That is done beside the loop that grants, one look at a time: a look takes long
 * when its worker is lost, and only agents whose holders are not known have to wait for it.
 */
export class Looks {
  readonly #state: SemaphoreState;
  #busy = false;

  constructor(state: SemaphoreState) {
    this.#state = state;
    void this.#goOn();
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** When the next look is due by time alone, in milliseconds since the epoch. */
  get dueAtMs(): number {
    if (this.#busy) return NEVER;
    return Math.min(this.#state.secondLook?.atMs ?? NEVER, this.#holdersDueAtMs);
  }

  get #holdersDueAtMs(): number {
    const oldestMs = this.#state.pool.waiters.reduce(
      (oldest, { sinceMs }) => Math.min(oldest, sinceMs),
      NEVER,
    );
    return Math.max(oldestMs, this.#state.lookedAtMs) + LOOK_AT_HOLDERS_MS;
  }

  async #goOn(): Promise<never> {
    const state = this.#state;
    for (;;) {
      await condition(() => state.toFind.size > 0 || state.lookDue || Date.now() >= this.dueAtMs);
      this.#busy = true;
      if (state.toFind.size > 0) await this.#findRuns();
      else if (Date.now() >= (state.secondLook?.atMs ?? NEVER)) await this.#findAgain();
      else await this.#lookAtHolders();
      this.#busy = false;
      state.work = true;
    }
  }

  /**
   * Looks for the open runs of agents that may have more of them than are known here: the semaphore was ended and started
   * anew, or the agents come from another pool. The agents are given nothing until a second look, one heartbeat timeout
   * later: nothing of a run that is not found by then can live any more.
   */
  async #findRuns(): Promise<void> {
    const state = this.#state;
    const agents = [...state.toFind];
    state.toFind.clear();
    await this.#find(agents);
    state.stopFound();
    // Counted from now: a run that was closed while it was looked for was not found, and its processes may live so long.
    const atMs = Date.now() + state.pool.policy.heartbeatTimeoutMs;
    state.secondLook = { agents: [...new Set([...(state.secondLook?.agents ?? []), ...agents])], atMs };
  }

  async #findAgain(): Promise<void> {
    const state = this.#state;
    const agents = state.secondLook?.agents ?? [];
    state.secondLook = null;
    const isCertain = await this.#find(agents);
    // Nobody's slots depend on it: it is a run in line alone that may be missing.
    if (!isCertain) state.secondLook = { agents: [], atMs: Date.now() + ONCE_MORE_MS };
    await this.#lookAtHolders();
    settleUnfound(state.pool, agents);
    endQuiet(
      state.pool,
      agents.filter((name) => !state.toFind.has(name)),
    );
  }

  /** Whether nothing that was found is in doubt. */
  async #find(agents: string[]): Promise<boolean> {
    const { pool, semaphore } = this.#state;
    const heardFrom = this.#state.listen();
    const found = await activities.openRunsOf({ semaphore, agents });
    const sinceMs = Date.now();
    rollDays(pool, sinceMs);
    let isCertain = true;
    for (const { phase, agent, fence, rank, rankedAtMs, wants, ...run } of found) {
      if (phase === 'running' && agent !== null) {
        // A worker of an earlier version did not heed it, and its history is replayed without it.
        const known = fence !== undefined && patched('fence-of-a-found-run') ? fence : undefined;
        foundHolder(pool, { ...run, agent, fence: known, sinceMs }, heardFrom);
      } else if (
        phase === 'waiting' &&
        foundWaiter(pool, { ...run, rank, rankedAtMs, wants, sinceMs }, heardFrom)
      )
        isCertain = false;
    }
    return isCertain;
  }

  async #lookAtHolders(): Promise<void> {
    const { pool } = this.#state;
    this.#state.lookDue = false;
    this.#state.lookedAtMs = Date.now();
    const isNew = pool.holders.filter(({ sinceMs }) => Date.now() - sinceMs < JUST_GRANTED_MS);
    const holders = [...pool.holders];
    const heardFrom = this.#state.listen();
    for (let at = 0; at < holders.length; at += AT_A_TIME) {
      const looks = await activities.lookAtRuns(holders.slice(at, at + AT_A_TIME).map(refOf));
      rollDays(pool, Date.now());
      for (const { closedAtMs, inOrder, mayHold, agent, ...run } of looks) {
        const isSame = (each: RunRef) => isSameRun(each, run);
        // It was found here with an agent that came from another pool, and has got a slot of another agent there since.
        const hasAnother = agent !== null && holders.find(isSame)?.agent !== agent;
        // A run that has asked since the look began has its slot.
        const isCertain = !heardFrom.some(isSame) && !isNew.some(isSame);
        const rests = closedAtMs === null && (!mayHold || hasAnother) && isCertain;
        if (rests || (closedAtMs !== null && inOrder))
          release(pool, { ...run, fence: null, verdict: null }, Date.now());
        else if (closedAtMs !== null) foundClosed(pool, { ...run, closedAtMs });
      }
    }
  }
}

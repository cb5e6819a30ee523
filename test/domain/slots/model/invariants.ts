import { compareRank, type Rank } from '../../../../domain/rank.ts';
import { type AgentSlots, limitOf } from '../../../../domain/slots/agent-slots.ts';
import { leftOf } from '../../../../domain/slots/budget.ts';
import { grantDue, nextDueMs } from '../../../../domain/slots/grant.ts';
import type { Grant, Pool, Waiter } from '../../../../domain/slots/pool.ts';
import type { RunRef } from '../../../../domain/slots/run-ref.ts';
import { PAST_DAYS, type Reservation } from '../../../../domain/slots/tokens.ts';
import type { Semaphore } from './semaphore.ts';
import type { World } from './world.ts';

// What must be true of a pool after each step, said apart from the rules that make it so.

/** As `expect`, which is too slow for so many. */
function must(isSo: boolean, what: string, ...seen: unknown[]): void {
  if (!isSo) throw new Error(`${what}: ${seen.map((each) => JSON.stringify(each)).join(', ')}`);
}

/** What a semaphore has given since it was there first, over all its losses of state. */
export class Given {
  #highestFence = 0;
  #probes: Grant[] = [];

  /** @param before the pool as it was before these were granted */
  check(world: World, semaphore: Semaphore, before: Pool, granted: Grant[]): void {
    const { pool } = semaphore;
    // What was a probe is a run like any other once its agent is well.
    const isWell = ({ agent }: Grant) => agentIn(before, agent)?.health.state === 'well';
    this.#probes = this.#probes.filter((probe) => !isWell(probe) && holds(before, probe));
    for (const grant of granted) {
      must(grant.fence > this.#highestFence, 'fences only grow', grant, this.#highestFence);
      this.#highestFence = grant.fence;
      const used = inUse(world, grant.agent);
      const limit = limitOf(agentIn(pool, grant.agent) as AgentSlots);
      must(used <= limit, 'never more than the limit', grant, { used, limit });
      const isCanary = before.breaker?.hold !== undefined;
      const isProbe = isCanary || !isWell(grant);
      must(grant.probe === isProbe, 'what is given to an unwell agent, or in a held pool, is a probe', grant);
      // A canary of a well agent is none of the agent's own.
      if (isWell(grant)) continue;
      must(
        !this.#probes.some(({ agent }) => agent === grant.agent),
        'one probe at most',
        grant,
        this.#probes,
      );
      this.#probes.push(grant);
    }
    checkHold(world, before, granted);
    checkOrder(semaphore, granted, before);
  }

  /** A found holder that asks is given a fence, which may be a new one. */
  checkAgain(again: Grant[], { pool }: Semaphore): void {
    for (const grant of again)
      if (holds(pool, grant)) this.#highestFence = Math.max(this.#highestFence, grant.fence);
  }
}

/** Gooses that live, and runs that hold or are about to get a grant under which one may still start. */
function inUse({ gooses, mail, runs, semaphores }: World, name: string): number {
  const living = gooses.filter(({ grant }) => grant.agent === name);
  const about = runs.filter((run) => {
    if (!run.isOpen || gooses.some((goose) => goose.run === run)) return false;
    const { pool } = semaphores.find(({ id }) => id === run.semaphore) as Semaphore;
    const coming = mail.flatMap(({ grant }) => (grant?.runId === run.ref.runId ? [grant] : []));
    const untaken = [...coming, ...run.heard].filter(({ fence }) => fence > run.fence);
    const taken = run.under === null || run.hasBegun ? [] : [run.under];
    return [...untaken, ...taken].some(
      ({ agent, fence }) =>
        agent === name && fence >= pool.fencesFrom && pool.policy.agents.some((each) => each.name === agent),
    );
  });
  return living.length + about.length;
}

/** In a held pool one task tries, not before its time, and no other one until that one shows nothing for too long. */
function checkHold({ nowMs }: World, { breaker }: Pool, granted: Grant[]): void {
  const { hold } = breaker ?? {};
  if (hold === undefined || granted.length === 0) return;
  must(granted.length === 1, 'one task tries for a held pool', granted, hold);
  must(nowMs >= (hold.canary?.untilMs ?? hold.untilMs), 'none tries before its time', granted, hold);
  must(new Set(hold.agents).size === hold.agents.length && hold.agents.length > 0, 'who was taken', hold);
}

/** Nobody who is in line, could have been given that slot, and goes before whoever got it. */
function checkOrder({ pool, looks }: Semaphore, granted: Grant[], before: Pool): void {
  for (const grant of granted) {
    const got = before.waiters.find(({ runId }) => runId === grant.runId);
    must(got !== undefined, 'who is granted a slot was in line', grant);
    must(mayTake(got as Waiter, grant.agent), 'a task has the agent that it wants', got, grant);
    const rank = looks.of((got as Waiter).rank.id) as Rank;
    for (const left of pool.waiters) {
      if (!mayTake(left, grant.agent) || hasPredecessor(pool, left)) continue;
      const isBefore = compareRank(rank, looks.of(left.rank.id) as Rank) <= 0;
      must(isBefore, 'the best rank of the last look goes first', grant, left);
    }
  }
}

/** No able agent is idle while somebody is in line whom it may take; and what time alone will change is known. */
export function checkIdle({ pool }: Semaphore, nowMs: number): void {
  if (pool.waiters.length === 0 || pool.paused || pool.schedulerPaused) return;
  const { hold } = pool.breaker ?? {};
  const isHeld = hold !== undefined && nowMs < (hold.canary?.untilMs ?? hold.untilMs);
  for (const agent of pool.agents) {
    if (isHeld || !isAble(pool, agent, nowMs)) continue;
    const missed = pool.waiters.find(
      (waiter) => mayTake(waiter, agent.name) && !hasPredecessor(pool, waiter),
    );
    must(missed === undefined, 'no able agent is idle', agent, missed);
  }
  const dueMs = nextDueMs(pool, nowMs) ?? nowMs + 100_000_000;
  const early = grantDue(structuredClone(pool), dueMs - 1);
  must(early.length === 0, 'it wakes when something is due', early, { nowMs, dueMs });
}

/** Each run is in line or holds, once; so is each slot. */
export function checkCounts({ pool }: Semaphore): void {
  const ids = [...pool.holders, ...pool.waiters].map(({ runId }) => runId);
  must(ids.length === new Set(ids).size, 'a run counts once', ids);
  const fences = pool.holders.map(({ fence }) => fence).filter((fence) => fence !== null);
  must(fences.length === new Set(fences).size, 'a fence is of one slot', fences);
  for (const [at, { rank }] of pool.waiters.slice(1).entries())
    must(compareRank((pool.waiters[at] as Waiter).rank, rank) <= 0, 'the line is by rank', pool.waiters);
}

/** What is reserved is what the open reservations say; each holder has one. */
export function checkBudgets({ pool }: Semaphore): void {
  const all = pool.agents.flatMap(({ tokens }) => tokens?.open ?? []);
  const own = all.filter(({ elsewhere }) => !elsewhere);
  for (const { name, tokens } of pool.agents) {
    if (tokens === undefined) continue;
    must(reservedOf(tokens.open) === tokens.today.reserved, 'an agent’s reserved is its sum', name, tokens);
    // Of one that was found its host may have said that it is over, to the semaphore before, or where its fence is not known.
    const isToCount = (fence: number | null) => fence !== null && !tokens.settled.includes(fence);
    for (const holder of pool.holders.filter(({ agent, fence }) => agent === name && isToCount(fence))) {
      const of = tokens.open.filter(({ runId }) => runId === holder.runId);
      must(of.length > 0, 'a holder has a reservation', holder, tokens);
    }
  }
  must(reservedOf(own) === (pool.tokens?.today.reserved ?? 0), 'a pool’s reserved is its sum', pool.tokens);
}

const reservedOf = (open: readonly Reservation[]) => open.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0);

/** Whatever was lost or came twice: each attempt that began counts, and no grant counts twice. */
export function checkCounted({ agents, semaphores, granted, begun }: World): void {
  for (const { name, semaphore } of agents) {
    const { pool } = semaphores.find(({ id }) => id === semaphore) as Semaphore;
    const { today, past = [], open = [] } = agentIn(pool, name)?.tokens ?? {};
    // Older days are forgotten.
    if (past.length === PAST_DAYS) continue;
    const days = today === undefined ? past : [today, ...past];
    const counted = days.reduce((sum, { used, unknownAttempts }) => sum + used + unknownAttempts, 0);
    const [least, most] = [begun.get(name)?.size ?? 0, granted.get(name)?.size ?? 0];
    must(open.length === 0, 'nothing stays reserved', name, open);
    must(least <= counted && counted <= most, 'each attempt counts once', {
      name,
      least,
      counted,
      most,
      today,
    });
  }
}

function isAble(pool: Pool, agent: AgentSlots, nowMs: number): boolean {
  if (leftOf(agent) <= 0 || leftOf({ budget: pool.policy.budget, tokens: pool.tokens }) <= 0) return false;
  const used = [...pool.holders, ...pool.dying].filter((slot) => slot.agent === agent.name).length;
  const isProbed = agent.probe !== null && pool.holders.some(({ runId }) => runId === agent.probe?.runId);
  const { health } = agent;
  const { hold } = pool.breaker ?? {};
  const isTaken = hold?.state === health.state && hold.agents.includes(agent.name);
  const mayRun = health.state === 'well' || ((nowMs >= health.untilMs || isTaken) && !isProbed);
  return !agent.paused && used < limitOf(agent) && !agent.quiet && mayRun;
}

function mayTake({ wants }: Waiter, agent: string): boolean {
  return wants === null || wants === agent;
}

function hasPredecessor({ holders, dying }: Pool, { workflowId, runId }: RunRef): boolean {
  return [...holders, ...dying].some((run) => run.workflowId === workflowId && run.runId !== runId);
}

function agentIn({ agents }: Pool, name: string): AgentSlots | undefined {
  return agents.find((agent) => agent.name === name);
}

function holds({ holders }: Pool, { runId, fence }: Grant): boolean {
  return holders.some((holder) => holder.runId === runId && holder.fence === fence);
}

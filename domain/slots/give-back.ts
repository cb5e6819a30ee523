import type { Verdict } from '../attempt/verdict.ts';
import { type AgentSlots, isProbe, setProbe } from './agent-slots.ts';
import { endCanary, heedVerdict, isCanary, letGo, mayBeMended } from './breaker.ts';
import { rollDays, settle } from './budget.ts';
import { healthAfter, triedFrom, WELL } from './health.ts';
import { agentOf, agentOrStranger, type Holder, type Pool } from './pool.ts';
import { isSameRun, otherRun, type RunRef, refOf, sameRun } from './run-ref.ts';
import type { Spent } from './tokens.ts';

/** A run gives its slot back (`fence`: of the grant), or no longer wants one (`fence`: null). */
export interface Release extends RunRef {
  fence: number | null;
  /** What the attempt shows of the agent; null: nothing. */
  verdict: Verdict | null;
  /** What it took of the budgets; absent: nobody can tell. */
  spent?: Spent | undefined;
}

/** A release with an old fence is ignored: it may arrive when the run is in line again, or holds another slot. */
export function release(pool: Pool, { fence, verdict, spent, ...run }: Release, nowMs: number): void {
  rollDays(pool, nowMs);
  if (fence === null) pool.waiters = pool.waiters.filter(otherRun(run));
  const holder = pool.holders.find(sameRun(run));
  // Also where the slot is gone: it may have been taken for lost, or be of another pool by now.
  if (fence !== null) settle(pool, { ...run, fence }, spent);
  if (holder === undefined || (fence !== null && holder.fence !== null && holder.fence !== fence)) return;
  const wasCanary = isCanary(pool, run);
  if (fence === null) settle(pool, { ...run, fence: holder.fence }, spent);
  const agent = endHolding(pool, holder);
  if (verdict === null) return;
  const before = agent.health;
  agent.health = healthAfter(agent.health, verdict, pool.policy, nowMs);
  setProbe(agent, agent.probe);
  heedVerdict(pool, { agent, before, verdict, wasCanary }, nowMs);
}

/** The slot is nobody's. Returns its agent, whose probe is over if this run was it. */
function endHolding(pool: Pool, holder: Holder): AgentSlots {
  pool.holders = pool.holders.filter(otherRun(holder));
  const agent = agentOrStranger(pool, holder.agent);
  if (isProbe(agent, holder)) setProbe(agent, null);
  endCanary(pool, holder);
  return agent;
}

/**
 * A run that holds a slot was found closed without a release: terminated, timed out or reset. Its slot is free when nothing
 * of it can live any more. In line it stays: its grant fails when its turn comes, and that is when a run that goes on from it
 * after a reset is told to ask.
 *
 * @param run.lingersMs its own heartbeat timeout, which may be longer than the configured one
 */
export function foundClosed(
  pool: Pool,
  run: RunRef & { closedAtMs: number; lingersMs?: number | undefined },
): void {
  const holder = pool.holders.find(sameRun(run));
  if (holder === undefined) return;
  endHolding(pool, holder);
  settle(pool, holder);
  const freeAtMs = run.closedAtMs + (run.lingersMs ?? pool.policy.heartbeatTimeoutMs);
  const { agent, fence } = holder;
  pool.dying = [...pool.dying.filter(otherRun(run)), { ...refOf(run), agent, fence, freeAtMs }];
}

/**
 * The host that ran an attempt says that nothing of it lives any more; the server had given the attempt up before. So its
 * slot is free at once, and not only after the time for which it might have lived. Other grants of the run stay.
 */
export function processesGone(pool: Pool, run: RunRef & { fence: number }): void {
  const isOfGrant = (slot: RunRef & { fence: number | null }) =>
    isSameRun(slot, run) && slot.fence === run.fence;
  const holder = pool.holders.find(isOfGrant);
  if (holder !== undefined) endHolding(pool, holder);
  settle(pool, run);
  pool.dying = pool.dying.filter((slot) => !isOfGrant(slot));
}

/**
 * The model has answered a probe, so an agent that cooled down works again, before that task has ended. Of an agent that
 * is misconfigured only the end of the task shows whether it is mended. A canary that was answered lets its pool go.
 */
export function modelAnswered(pool: Pool, run: RunRef & { fence: number }, nowMs: number): void {
  const holder = pool.holders.find(sameRun(run));
  const agent = holder?.fence === run.fence ? agentOf(pool, holder.agent) : undefined;
  if (agent !== undefined && isCanary(pool, run)) letGo(pool, nowMs);
  if (agent?.health.state !== 'cooling-down' || !isProbe(agent, run)) return;
  agent.health = WELL;
  setProbe(agent, null);
}

/** Unwell agents may be probed from now on, and not only when their time has come: somebody may have mended them. */
export function tryAgain(pool: Pool, names: readonly string[], nowMs: number): void {
  mayBeMended(pool, names, nowMs);
  for (const agent of pool.agents) {
    if (agent.health.state === 'well' || !names.includes(agent.name)) continue;
    agent.health = triedFrom(agent.health, nowMs);
    setProbe(agent, agent.probe);
  }
}

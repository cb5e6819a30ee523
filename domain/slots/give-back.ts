import type { Verdict } from '../attempt/verdict.ts';
import { isProbe, setProbe } from './agent-slots.ts';
import { healthAfter, WELL } from './health.ts';
import { agentOf, agentOrStranger, type Pool } from './pool.ts';
import { isSameRun, other, type RunRef, ref, same } from './run-ref.ts';

/** A run gives its slot back (`fence`: of the grant), or no longer wants one (`fence`: null). */
export interface Release extends RunRef {
  fence: number | null;
  /** What the attempt shows of the agent; null: nothing. */
  verdict: Verdict | null;
}

/** A release with an old fence is ignored: it may arrive when the run waits again, or runs again. */
export function release(pool: Pool, run: Release, nowMs: number): void {
  if (run.fence === null) pool.waiters = pool.waiters.filter(other(run));
  const holder = pool.holders.find(same(run));
  if (holder === undefined || (run.fence !== null && holder.fence !== null && holder.fence !== run.fence))
    return;
  pool.holders = pool.holders.filter(other(run));
  const agent = agentOrStranger(pool, holder.agent);
  if (run.verdict !== null) agent.health = healthAfter(agent.health, run.verdict, pool.policy, nowMs);
  setProbe(agent, isProbe(agent, run) ? null : agent.probe);
}

/**
 * A holder or waiter was found closed without a release (terminated, timed out, reset). `lingersMs`: its own heartbeat
 * timeout, which may be longer than the configured one.
 */
export function foundClosed(
  pool: Pool,
  run: RunRef & { closedAtMs: number; lingersMs?: number | undefined },
): void {
  pool.waiters = pool.waiters.filter(other(run));
  const holder = pool.holders.find(same(run));
  if (holder === undefined) return;
  pool.holders = pool.holders.filter(other(run));
  const agent = agentOrStranger(pool, holder.agent);
  if (isProbe(agent, run)) setProbe(agent, null);
  const freeAtMs = run.closedAtMs + (run.lingersMs ?? pool.policy.heartbeatTimeoutMs);
  const { agent: name, fence } = holder;
  pool.dying = [...pool.dying.filter(other(run)), { ...ref(run), agent: name, fence, freeAtMs }];
}

/**
 * Nothing that was started under a grant is alive any more, says the host that ran it after the server had given it
 * up. The slot is free without waiting for what nobody could know for certain. It says nothing of another grant of the
 * same run.
 */
export function processesGone(pool: Pool, run: RunRef & { fence: number }): void {
  const isOfGrant = (slot: RunRef & { fence: number | null }) =>
    isSameRun(slot, run) && slot.fence === run.fence;
  if (pool.holders.some(isOfGrant)) release(pool, { ...run, verdict: null }, 0);
  pool.dying = pool.dying.filter((slot) => !isOfGrant(slot));
}

/**
 * The model of a probe has answered, so its agent works: it need not wait for the end of that task. What else may be wrong
 * with an agent than its model shows at the end only.
 */
export function modelAnswered(pool: Pool, run: RunRef & { fence: number }): void {
  const holder = pool.holders.find(same(run));
  const agent = holder?.fence === run.fence ? agentOf(pool, holder.agent) : undefined;
  if (agent?.health.state !== 'cooling-down' || !isProbe(agent, run)) return;
  agent.health = WELL;
  setProbe(agent, null);
}

/** Somebody thinks that an unwell agent is well again: it is probed now, not when its time has come. */
export function tryAgain(pool: Pool, names: readonly string[], nowMs: number): void {
  for (const agent of pool.agents) {
    if (agent.health.state === 'well' || !names.includes(agent.name)) continue;
    agent.health = { ...agent.health, untilMs: Math.min(agent.health.untilMs, nowMs) };
    setProbe(agent, agent.probe);
  }
}

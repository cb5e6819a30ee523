import type { Rank } from '../rank.ts';
import {
  type AgentPolicy,
  type AgentSlots,
  hasHistory,
  type KnownOfAgent,
  knownOf,
  learn,
  newAgent,
} from './agent-slots.ts';
import type { CoolDownPolicy } from './health.ts';
import type { RunRef } from './run-ref.ts';

export interface Holder extends RunRef {
  agent: string;
  /** Fencing token of the grant. Null: found by a rebuild, so whatever fence the run names is right. */
  fence: number | null;
  /** Milliseconds since the epoch, as all times here. */
  sinceMs: number;
}

export interface Waiter extends RunRef {
  rank: Rank;
  /** When somebody looked at TinyTask and found this rank. */
  rankedAtMs: number;
  /** The only agent that may have the task; null: any of the pool. */
  wants: string | null;
  sinceMs: number;
  /** A rebuild found it; it has not asked this semaphore itself, and may have been given a slot by the one before. */
  found?: true;
}

/** A run that is being started, and will ask in a moment. */
export interface Coming {
  rank: Rank;
  wants: string | null;
  /** No slot is kept for it after this time. */
  untilMs: number;
}

/** A slot whose holder closed without a release: its processes may live until `freeAtMs`. */
export interface Dying extends RunRef {
  agent: string;
  /** Of the grant; null as in Holder. */
  fence: number | null;
  freeAtMs: number;
}

export interface PoolPolicy extends CoolDownPolicy {
  agents: AgentPolicy[];
  /** After this long without a sign of life every process of a run is certainly gone. */
  heartbeatTimeoutMs: number;
}

/** Everything a semaphore knows of its pool: plain JSON, since it crosses continue-as-new. The functions beside this file change it in place. */
export interface Pool {
  policy: PoolPolicy;
  /** By name: those of the policy, and those that left it and are still of concern. */
  agents: AgentSlots[];
  /** Best rank first. */
  waiters: Waiter[];
  /** With better ranks than others that may ask before them. */
  coming: Coming[];
  holders: Holder[];
  dying: Dying[];
  /** Of the pool as a whole, by a person. */
  paused: boolean;
  schedulerPaused: boolean;
  /** The last fencing token given: each new one is larger, also across restarts of the semaphore. */
  fence: number;
  /** Grants with a smaller fence come from a semaphore whose state is lost: who has not claimed yet may not any more. */
  fencesFrom: number;
  /** Ranks of tasks that are not in line, for when they ask: the newest last. */
  ranks: { rank: Rank; atMs: number }[];
}

export interface Grant extends RunRef {
  fence: number;
  agent: string;
  gooseQueue: string;
  /** It tries whether an unwell agent works again, so its host tells when the model first answers. */
  probe: boolean;
}

/** @param known see configure */
export function newPool(
  policy: PoolPolicy,
  schedulerPaused = false,
  known: readonly KnownOfAgent[] = [],
): Pool {
  const pool: Pool = {
    policy: { ...policy, agents: [] },
    ...{ agents: [], waiters: [], coming: [], holders: [], dying: [], ranks: [] },
    ...{ paused: false, schedulerPaused, fence: 0, fencesFrom: 0 },
  };
  configure(pool, policy, known);
  return pool;
}

/**
 * Takes over what the configuration says. An agent that is new here comes with what was known of it in its pool before,
 * in `known`; one that has left keeps what a person has told it, for when it returns.
 */
export function configure(pool: Pool, policy: PoolPolicy, known: readonly KnownOfAgent[] = []): void {
  const configured = new Map(policy.agents.map((agent) => [agent.name, agent]));
  const stay = pool.agents.filter((agent) => configured.has(agent.name) || isOfConcern(pool, agent));
  for (const agent of stay) {
    const now = configured.get(agent.name);
    const elsewhere = agent.limit === null ? known.find(({ name }) => name === agent.name) : undefined;
    if (now !== undefined && elsewhere !== undefined) learn(agent, elsewhere);
    if (now !== undefined && agent.limit !== null && now.limit !== agent.limit) agent.limitByHand = null;
    agent.limit = now?.limit ?? null;
    agent.gooseQueue = now?.gooseQueue ?? agent.gooseQueue;
  }
  const there = new Set(stay.map((agent) => agent.name));
  for (const { name, limit, gooseQueue } of policy.agents) {
    if (there.has(name)) continue;
    const agent = { ...newAgent(name), limit, gooseQueue };
    const elsewhere = known.find((each) => each.name === name);
    if (elsewhere !== undefined) learn(agent, elsewhere);
    stay.push(agent);
  }
  pool.agents = stay.sort((a, b) => (a.name < b.name ? -1 : 1));
  pool.policy = policy;
}

/** Nothing is given to these agents until it is known who holds their slots. */
export function beQuiet(pool: Pool, agents: readonly string[]): void {
  for (const agent of pool.agents) agent.quiet ||= agents.includes(agent.name);
}

export function endQuiet(pool: Pool, agents: readonly string[]): void {
  for (const agent of pool.agents) agent.quiet &&= !agents.includes(agent.name);
}

export function agentOf(pool: Pool, name: string): AgentSlots | undefined {
  return pool.agents.find((agent) => agent.name === name);
}

/** The agent, also where the configuration does not know it (any more) but a run does. */
export function agentOrStranger(pool: Pool, name: string): AgentSlots {
  const known = agentOf(pool, name);
  if (known !== undefined) return known;
  const stranger = newAgent(name);
  pool.agents = [...pool.agents, stranger].sort((a, b) => (a.name < b.name ? -1 : 1));
  return stranger;
}

/** Each fence is larger than all before it. The time makes it so across semaphores that lost their state. */
export function nextFence(pool: Pool, nowMs: number): number {
  pool.fence = Math.max(pool.fence + 1, pool.fencesFrom, Math.floor(nowMs));
  return pool.fence;
}

/**
 * What differs from an agent of which nothing is known. One that left the pool and still has slots here is among them: the
 * pool that it comes to has to look for its runs.
 */
export function knownAgents(pool: Pool): KnownOfAgent[] {
  const isTold = (agent: AgentSlots) => (agent.limit === null ? isOfConcern(pool, agent) : hasHistory(agent));
  return pool.agents.filter(isTold).map(knownOf);
}

function isOfConcern(pool: Pool, agent: AgentSlots): boolean {
  return hasHistory(agent) || [...pool.holders, ...pool.dying].some((slot) => slot.agent === agent.name);
}

import type { Budget } from '../budget.ts';
import type { Rank } from '../rank.ts';
import type { RunRules } from '../run-rules.ts';
import {
  type AgentPolicy,
  type AgentSlots,
  configureAgent,
  hasHistory,
  type KnownOfAgent,
  knownOf,
  newAgent,
} from './agent-slots.ts';
import { agentsLeft, type Breaker } from './breaker.ts';
import type { CoolDownPolicy } from './health.ts';
import type { RunRef } from './run-ref.ts';
import type { Ledger, ZoneDays } from './tokens.ts';

export interface Holder extends RunRef {
  agent: string;
  /** Fencing token of the grant. Null: a rebuild has found the run, and nobody knows it, so that whatever fence it names is right. */
  fence: number | null;
  /** A rebuild has found it: another semaphore gave it that fence. */
  found?: true;
  /** Milliseconds since the epoch, as all times here. */
  sinceMs: number;
}

/** A run in line. */
export interface Waiter extends RunRef {
  rank: Rank;
  /** When the survey that found this rank began. */
  rankedAtMs: number;
  /** The only agent that may have the task; null: any of the pool. */
  wants: string | null;
  /** The recipe that its task names. */
  recipe?: string | undefined;
  sinceMs: number;
  /** A rebuild found it. It has not asked this semaphore itself, and the one before may have given it a slot. */
  found?: true;
}

/** A run that is being started and will ask in a moment. */
export interface Expected {
  rank: Rank;
  wants: string | null;
  /** No slot is kept for it after this time. */
  untilMs: number;
}

/** The slot of a run that was ended from outside. Processes of the run may live until `freeAtMs`, so nobody gets it before. */
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
  /** Of all of its agents together. */
  budget?: Budget;
  /** Of the zones that budgets name. */
  zones?: ZoneDays[];
}

/**
 * Everything a semaphore knows of its pool: plain JSON, since it crosses continue-as-new. The functions in this folder
 * change it in place (docs/adr/0027-state-that-changes-in-place.md).
 */
export interface Pool {
  policy: PoolPolicy;
  /** In the order of their names: those of the policy, and those that left it and must not be forgotten yet. */
  agents: AgentSlots[];
  /** Best rank first. */
  waiters: Waiter[];
  /** A slot is kept for each of them while runs of worse ranks ask. */
  expected: Expected[];
  holders: Holder[];
  dying: Dying[];
  /** A person has paused the pool as a whole. */
  paused: boolean;
  /** A person has stopped all of its agents; absent: not so. */
  stopped?: true;
  /** The scheduler is paused or disabled. */
  schedulerPaused: boolean;
  /** The last fencing token that was given. Each new one is larger, also when the semaphore was started anew. */
  fence: number;
  /**
   * The smallest fence with which a task may still be claimed. Grants with a smaller one come from a semaphore that was
   * ended, and whose slots this one may have given to others.
   */
  fencesFrom: number;
  /** Ranks that came before their run has asked, the newest last. */
  ranks: { rank: Rank; atMs: number }[];
  /** Notices when the same trouble takes several agents; absent in a semaphore of an earlier version. */
  breaker?: Breaker;
  /** What its agents took together; absent: it has no budget. What is reserved is kept with each of them. */
  tokens?: Ledger;
}

export interface Grant extends RunRef {
  fence: number;
  agent: string;
  gooseQueue: string;
  /** The run tries whether an unwell agent works again, so its host tells the semaphore when the model first answers. */
  probe: boolean;
  /** Of the agent, as its semaphore knew them when it gave the slot; absent: as the settings say. */
  rules?: RunRules;
}

/** @param known see configure */
export function newPool(
  policy: PoolPolicy,
  schedulerPaused = false,
  known: readonly KnownOfAgent[] = [],
): Pool {
  const pool: Pool = {
    policy: { ...policy, agents: [] },
    ...{ agents: [], waiters: [], expected: [], holders: [], dying: [], ranks: [] },
    ...{ paused: false, schedulerPaused, fence: 0, fencesFrom: 0 },
  };
  configure(pool, policy, known);
  return pool;
}

/**
 * Takes over what the configuration says. An agent that leaves the configuration keeps what is known of it, for when it
 * returns.
 *
 * @param known what other pools knew of agents that come from there; it counts for agents that are new here
 */
export function configure(pool: Pool, policy: PoolPolicy, known: readonly KnownOfAgent[] = []): void {
  const names = new Set(policy.agents.map(({ name }) => name));
  const left = pool.agents.filter((agent) => !names.has(agent.name) && isOfConcern(pool, agent));
  for (const agent of left) agent.limit = null;
  const members = policy.agents.map((configured) => {
    const { name } = configured;
    const agent = agentOf(pool, name) ?? newAgent(name);
    configureAgent(
      agent,
      configured,
      known.find((each) => each.name === name),
    );
    return agent;
  });
  pool.agents = [...members, ...left].sort(byName);
  pool.policy = policy;
  agentsLeft(pool);
}

/** Nothing is given to these agents until it is known who holds their slots. */
export function beQuiet(pool: Pool, agents: readonly string[]): void {
  for (const agent of pool.agents) agent.quiet ||= agents.includes(agent.name);
}

export function endQuiet(pool: Pool, agents: readonly string[]): void {
  for (const agent of pool.agents) agent.quiet &&= !agents.includes(agent.name);
}

/** What goes with a grant of the agent's: its rules, where it has any. */
export function withRules({ policy }: Pool, agent: string): Pick<Grant, 'rules'> {
  const rules = policy.agents.find(({ name }) => name === agent)?.rules;
  return rules === undefined ? {} : { rules };
}

export function agentOf(pool: Pool, name: string): AgentSlots | undefined {
  return pool.agents.find((agent) => agent.name === name);
}

/** The agent, which is added where only a run knows it and the configuration does not (any more). */
export function agentOrStranger(pool: Pool, name: string): AgentSlots {
  const known = agentOf(pool, name);
  if (known !== undefined) return known;
  const stranger = newAgent(name);
  pool.agents = [...pool.agents, stranger].sort(byName);
  return stranger;
}

/** A fence that is larger than all before it. The time is in it, so that this holds for a semaphore that lost its state. */
export function nextFence(pool: Pool, nowMs: number): number {
  pool.fence = Math.max(pool.fence + 1, pool.fencesFrom, Math.floor(nowMs));
  return pool.fence;
}

/** No semaphore's fences are so far ahead of the time and of its first one: each grant takes one, and a millisecond brings one. */
const MOST_FENCES_AHEAD = 60_000;

/**
 * The smallest fence of a semaphore that follows one that was ended: larger than all that may have given.
 *
 * @param before the smallest fence of that one; undefined: not known
 */
export function firstFenceAfter(before: number | undefined, nowMs: number): number {
  return Math.max(before ?? 0, Math.floor(nowMs)) + MOST_FENCES_AHEAD;
}

/**
 * The agents of which something is known besides the configuration. An agent that left the pool while it has slots here is
 * among them, so that the pool to which it goes looks for its runs.
 */
export function knownAgents(pool: Pool): KnownOfAgent[] {
  const isKnown = (agent: AgentSlots) =>
    agent.limit === null ? isOfConcern(pool, agent) : hasHistory(agent);
  return pool.agents.filter(isKnown).map(knownOf);
}

/** Whether an agent that is not configured must be kept: something is known of it, or it has slots. */
function isOfConcern({ holders, dying }: Pool, agent: AgentSlots): boolean {
  return hasHistory(agent) || [...holders, ...dying].some((slot) => slot.agent === agent.name);
}

function byName(a: AgentSlots, b: AgentSlots): number {
  return a.name < b.name ? -1 : 1;
}

import type { Agent } from '../agent.ts';
import type { Budget } from '../budget.ts';
import { type KnownOfAgent, unknownAgent } from '../slots/agent-slots.ts';
import { canaryDueMs, type Hold, isTakenBy } from '../slots/breaker.ts';
import type { Health } from '../slots/health.ts';
import { type AgentTokens, type DaySpent, type Ledger, meanTook, type PastDay } from '../slots/tokens.ts';

/** An agent as a survey found it: what the configuration says, and what its semaphore tells. */
export interface AgentLine {
  name: string;
  /** Queue of its pool; null: it has none. */
  queue: string | null;
  /** Slots in force. */
  limit: number;
  /** Set by `set-limit`; null: the limit is the configured one. */
  limitByHand: number | null;
  /** By a person, the agent alone. */
  paused: boolean;
  /** By a person, with its whole pool. */
  poolPaused: boolean;
  /** A person has stopped it alone, or with its whole pool; absent: not so. */
  stopped?: true;
  poolStopped?: true;
  /** It is given nothing, since it is not known yet who holds its slots. */
  quiet: boolean;
  health: Health;
  /** Absent: it has none. */
  budget?: BudgetLine;
  /** That of its pool. */
  poolBudget?: BudgetLine;
  /** Tokens that a run of it takes, on the average; absent: there is no budget, or it is not known. */
  tokensPerRun?: number;
  /** Its pool is held; absent: not so. */
  poolHold?: PoolHold;
}

/** A budget, and what was taken of it. */
export interface BudgetLine extends Budget {
  /** As its semaphore told it last; the day may be over. Null: nobody has told yet. */
  today: DaySpent | null;
  /** The newest first. Absent where only today counts. */
  past?: PastDay[];
}

/** Why a pool as a whole is given nothing: the same trouble has taken several of its agents. */
export interface PoolHold {
  reason: string;
  /** How many agents it has taken. */
  taken: number;
  /** Milliseconds since the epoch. */
  sinceMs: number;
  /** One task may try then. */
  untilMs: number;
  /** One tries now. */
  trying?: true;
  /** The agent is one of those that were taken. */
  isTaken?: true;
}

/** What a semaphore tells of its pool, besides the configuration. */
export interface PoolKnown {
  /** By a person, as a whole. */
  paused: boolean;
  /** A person has stopped all of its agents; absent: not so. */
  stopped?: true;
  /** The same trouble has taken several of its agents; absent: not so. */
  hold?: Hold;
  /** Agents that are not there are well, not paused, and have their configured limit. */
  agents: readonly KnownOfAgent[];
  /** What was taken of the pool's budget; absent: it has none. */
  tokens?: Ledger;
}

/** As it is told, without whatever else is known of its semaphore; what is not so, or not there, is absent. */
export function poolKnownOf({
  paused,
  stopped,
  hold,
  agents,
  tokens,
}: Pick<PoolKnown, 'paused' | 'agents'> & {
  [Key in 'stopped' | 'hold' | 'tokens']?: PoolKnown[Key] | undefined;
}): PoolKnown {
  return {
    ...{ paused, agents },
    ...(stopped && { stopped }),
    ...(hold && { hold }),
    ...(tokens && { tokens }),
  };
}

/** Without what a plan has no use for: it travels with each survey. */
export function forPlanning({ agents, tokens, ...pool }: PoolKnown): PoolKnown {
  const short = ({ tokens: own, ...agent }: KnownOfAgent): KnownOfAgent =>
    own === undefined ? agent : { ...agent, tokens: { today: own.today, ...NO_DETAILS, took: meanOf(own) } };
  return {
    ...pool,
    agents: agents.map(short),
    ...(tokens && { tokens: { today: tokens.today, past: [] } }),
  };
}

/** Of all recipes. */
function meanOf({ took }: AgentTokens): AgentTokens['took'] {
  const tokens = meanTook(took);
  return tokens === null ? [] : [{ recipe: '', runs: 1, tokens }];
}

const NO_DETAILS = { past: [], open: [], took: [], settled: [] };

/**
 * An agent with what its semaphore tells. The semaphore of an agent without a pool is paused where that agent is paused.
 *
 * @param pool undefined: its semaphore has nothing to tell
 */
export function agentLine(agent: Agent, pool?: PoolKnown): AgentLine {
  const { name, queue = null, limit, budget, poolBudget } = agent;
  const known = pool?.agents.find((each) => each.name === name);
  const { limitByHand, paused, stopped, health, quiet, tokens } = known ?? unknownAgent(name);
  const poolPaused = pool?.paused ?? false;
  const perRun = budget || poolBudget ? meanTook(tokens?.took ?? []) : null;
  return {
    ...{ name, queue, limit: limitByHand ?? limit, limitByHand },
    paused: paused || (poolPaused && queue === null),
    poolPaused: poolPaused && queue !== null,
    ...{ health, quiet },
    ...((stopped || (pool?.stopped && queue === null)) && { stopped: true }),
    ...(pool?.stopped && queue !== null && { poolStopped: true }),
    ...(perRun !== null && { tokensPerRun: perRun }),
    ...(budget && { budget: budgetLine(budget, tokens) }),
    ...(poolBudget && queue !== null && { poolBudget: budgetLine(poolBudget, pool?.tokens) }),
    ...(pool?.hold && queue !== null && { poolHold: holdOn({ name, health }, pool.hold) }),
  };
}

function holdOn(agent: { name: string; health: Health }, hold: Hold): PoolHold {
  const { reason, sinceMs, agents, canary } = hold;
  return {
    ...{ reason, taken: agents.length, sinceMs, untilMs: canaryDueMs(hold) },
    ...(canary && { trying: true }),
    ...(isTakenBy(hold, agent) && { isTaken: true }),
  };
}

function budgetLine(budget: Budget, ledger: Ledger | undefined): BudgetLine {
  const past = ledger?.past ?? [];
  return { ...budget, today: ledger?.today ?? null, ...(past.length > 0 && { past }) };
}

import type { Agent } from '../agent.ts';
import { type KnownOfAgent, unknownAgent } from '../slots/agent-slots.ts';
import { canaryDueMs, type Hold, isTakenBy } from '../slots/breaker.ts';
import type { Health } from '../slots/health.ts';

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
  /** Its pool is held; absent: not so. */
  poolHold?: PoolHold;
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
}

/**
 * An agent with what its semaphore tells. The semaphore of an agent without a pool is paused where that agent is paused.
 *
 * @param pool undefined: its semaphore has nothing to tell
 */
export function agentLine(agent: Agent, pool?: PoolKnown): AgentLine {
  const { name, queue = null, limit } = agent;
  const known = pool?.agents.find((each) => each.name === name);
  const { limitByHand, paused, stopped, health, quiet } = known ?? unknownAgent(name);
  const poolPaused = pool?.paused ?? false;
  return {
    ...{ name, queue, limit: limitByHand ?? limit, limitByHand },
    paused: paused || (poolPaused && queue === null),
    poolPaused: poolPaused && queue !== null,
    ...{ health, quiet },
    ...((stopped || (pool?.stopped && queue === null)) && { stopped: true }),
    ...(pool?.stopped && queue !== null && { poolStopped: true }),
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

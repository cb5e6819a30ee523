import type { Agent } from '../agent.ts';
import { type KnownOfAgent, unknownAgent } from '../slots/agent-slots.ts';
import type { Health } from '../slots/health.ts';

/** An agent as a pass found it. */
export interface AgentLine {
  name: string;
  queue: string | null;
  limit: number;
  /** Set by `set-limit`; null: the limit is the configured one. */
  limitByHand: number | null;
  /** By itself. */
  paused: boolean;
  /** With its whole pool. */
  poolPaused: boolean;
  /** It is given nothing: who holds its slots is not known yet. */
  quiet: boolean;
  health: Health;
}

/** What a semaphore tells of its pool, besides the configuration. */
export interface PoolKnown {
  paused: boolean;
  /** Agents that are not there are well, not paused, and have their configured limit. */
  agents: readonly KnownOfAgent[];
}

/** An agent with what its semaphore tells. An agent without a pool is paused with its semaphore. */
export function agentLine(agent: Agent, pool?: PoolKnown): AgentLine {
  const { name, queue = null, limit } = agent;
  const known = pool?.agents.find((each) => each.name === name);
  const { limitByHand, paused, health, quiet } = known ?? unknownAgent(name);
  const poolPaused = pool?.paused ?? false;
  return {
    ...{ name, queue, limit: limitByHand ?? limit, limitByHand },
    paused: paused || (poolPaused && queue === null),
    poolPaused: poolPaused && queue !== null,
    ...{ health, quiet },
  };
}

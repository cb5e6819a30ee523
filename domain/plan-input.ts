import type { Agent, AgentRegistry } from './agent.ts';
import { type AgentLine, MAX_STARTS } from './pass.ts';
import type { OpenRun, PlanInput } from './plan.ts';
import { type KnownOfAgent, unknownAgent } from './slots/pool.ts';
import type { Task } from './task.ts';

/** With which agents and switches tasks are started: those of the process that schedules. */
export interface InForce {
  mode: AgentRegistry['mode'];
  enabled: boolean;
  blockingDisabled: boolean;
}

/** What the scheduler knows beyond TinyTask, the agents and the open runs. */
export interface Remembered {
  paused: boolean;
  first: readonly number[];
  assignedByUs: PlanInput['assignedByUs'];
}

/**
 * The one way in which an input of the planner comes to be: for the scheduler's surveys, and for every command that says
 * what the scheduler would do. So what is said and what is done cannot differ.
 */
export function planInput(about: {
  tasks: readonly Task[];
  agents: readonly AgentLine[];
  openRuns: readonly OpenRun[];
  inForce: InForce;
  remembered: Remembered;
  ending: PlanInput['ending'];
  lookAhead: number;
  nowMs: number;
}): PlanInput {
  const { agents, inForce, remembered, ...rest } = about;
  const { paused, first, assignedByUs } = remembered;
  return {
    ...rest,
    ...inForce,
    ...{ paused, first, assignedByUs },
    agents: agents.map(({ name, queue, limit }) => ({ name, limit, ...(queue === null ? {} : { queue }) })),
    health: Object.fromEntries(agents.map(({ name, health }) => [name, health])),
    pausedAgents: agents.filter((agent) => agent.paused).map(({ name }) => name),
    quietAgents: agents.filter((agent) => agent.quiet).map(({ name }) => name),
    pausedPools: [
      ...new Set(agents.flatMap(({ queue, poolPaused }) => (poolPaused && queue !== null ? [queue] : []))),
    ],
    maxStarts: MAX_STARTS,
  };
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

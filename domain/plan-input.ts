import type { Agent, AgentRegistry } from './agent.ts';
import { type Health, WELL } from './health.ts';
import { type AgentLine, MAX_STARTS } from './pass.ts';
import type { OpenRun, PlanInput } from './plan.ts';
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
  waitingPerAgent: number;
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
    maxStarts: MAX_STARTS,
  };
}

/** What has been learnt of an agent besides its configuration. */
export interface KnownOfAgent {
  limitByHand?: number | null | undefined;
  paused?: boolean | undefined;
  health?: Health | undefined;
}

/** An agent with what is known of it; without that it is well, and has its configured limit. */
export function agentLine(agent: Agent, known: KnownOfAgent = {}): AgentLine {
  const { limitByHand = null, paused = false, health = WELL } = known;
  const { name, queue = null, limit } = agent;
  return { name, queue, limit: limitByHand ?? limit, limitByHand, paused, health };
}

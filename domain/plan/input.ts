import type { AgentRegistry } from '../agent.ts';
import type { Task } from '../task.ts';
import type { AgentLine } from './agent-line.ts';
import type { OpenRun, PlanInput } from './plan.ts';

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

export const MAX_STARTS = 50;

import type { Budget } from './budget.ts';

/** An agent as the scheduler plans with it. */
export interface Agent {
  name: string;
  /** Pool: the queue whose unassigned tasks the agent may get. Absent in legacy mode. */
  queue?: string;
  /** Slots: goose runs at a time, a whole number from 0. */
  limit: number;
  /** Goose runs of this agent go to the task queue of this host group. */
  hostGroup?: string;
  /** Where its gooses run; the base path where absent. */
  workingDir?: string;
  budget?: Budget;
  /** Of all agents of its queue together. */
  poolBudget?: Budget;
}

/** The agents in force and where they came from. */
export interface AgentRegistry {
  agents: Agent[];
  /** `queue`: from the agent control file. `legacy`: no such file, limits only, assigned tasks only. */
  mode: 'queue' | 'legacy';
  /** What a person should know, as sentences: legacy mode, a broken file with the last good one in force. */
  warnings: string[];
}

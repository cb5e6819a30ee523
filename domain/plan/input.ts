import type { Agent, AgentRegistry } from '../agent.ts';
import type { Health } from '../slots/health.ts';
import type { Task } from '../task.ts';
import type { AgentLine } from './agent-line.ts';

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
  dying: PlanInput['dying'];
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

/** A run of ours that is open: it keeps its task from being started again. */
export interface OpenRun {
  taskId: number;
  /** Workflow id of the semaphore whose slots it uses. */
  semaphore: string;
  /** The only agent that may have the task; null: any of the pool. */
  wants: string | null;
  /** Whom it has or had a slot of; null: not known, or nobody yet. */
  agent: string | null;
  /** `active` holds a slot or is in line for one; the other two use none. */
  state: 'active' | 'backing-off' | 'parked';
}

export interface PlanInput {
  /** All open tasks of TinyTask: idle and working, not archived. */
  tasks: readonly Task[];
  agents: readonly Agent[];
  mode: 'queue' | 'legacy';
  openRuns: readonly OpenRun[];
  health: Readonly<Record<string, Health>>;
  pausedAgents: readonly string[];
  /** Of whose slots nobody knows yet who holds them. */
  quietAgents: readonly string[];
  /** Queues whose pool is paused as a whole. */
  pausedPools: readonly string[];
  paused: boolean;
  enabled: boolean;
  blockingDisabled: boolean;
  /** Task id -> pool and agent of a task that was assigned by us: it may go to another agent of the pool. */
  assignedByUs: Readonly<Record<string, { pool: string; agent: string }>>;
  /** Task id -> until when the processes of a run that was ended from outside may live. */
  dying: Readonly<Record<string, number>>;
  /** Task ids put first by a person. */
  first: readonly number[];
  /** So many runs for each agent may be in line beyond its slots, so that a slot that is free is taken at once. */
  lookAhead: number;
  maxStarts: number;
  /** Milliseconds since the epoch. */
  nowMs: number;
}

import type { AgentRegistry } from '../agent.ts';
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
  /** It is paused since a person has stopped all agents. */
  stopped?: true | undefined;
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
  const { inForce, remembered, ...rest } = about;
  const { paused, stopped, first, assignedByUs } = remembered;
  return {
    ...{ ...rest, ...inForce, paused, first, assignedByUs, maxStarts: MAX_STARTS },
    ...(stopped && { stopped }),
  };
}

/** Starts in one plan. Each is a child workflow, whose start is several events in the scheduler's history. */
export const MAX_STARTS = 50;

/** A run of ours that is open: it keeps its task from being started again. */
export interface OpenRun {
  taskId: number;
  /** Workflow id of the semaphore whose slots it uses. */
  semaphore: string;
  /** The only agent that may have the task; null: any of the pool. */
  wants: string | null;
  /** The agent of whose slots it has or had one; null: not known, or none yet. */
  agent: string | null;
  /** `active` holds a slot or is in line for one; the other two use none. */
  state: 'active' | 'backing-off' | 'parked';
}

export interface PlanInput {
  /** All open tasks of TinyTask: idle and working, not archived. */
  tasks: readonly Task[];
  agents: readonly AgentLine[];
  mode: AgentRegistry['mode'];
  openRuns: readonly OpenRun[];
  paused: boolean;
  stopped?: true;
  enabled: boolean;
  blockingDisabled: boolean;
  /** Task id -> pool and agent of a task that was assigned by us: it may go to another agent of the pool. */
  assignedByUs: Readonly<Record<string, { pool: string; agent: string }>>;
  /** Task id -> until when processes of its last run, which was ended from outside, may live. Milliseconds since the epoch. */
  dying: Readonly<Record<string, number>>;
  /** Task ids put first by a person. */
  first: readonly number[];
  /** So many runs for each agent may be in line beyond its slots, so that a slot that becomes free is taken at once. */
  lookAhead: number;
  maxStarts: number;
  /** Milliseconds since the epoch. */
  nowMs: number;
}

/** The tasks of these runs by their ids. There may be a hundred times as many tasks, so no map of all of them is made. */
export function tasksOf(
  runs: readonly Pick<OpenRun, 'taskId'>[],
  tasks: readonly Task[],
): ReadonlyMap<number, Task> {
  const found = new Map<number, Task>();
  const wanted = new Set(runs.map((run) => run.taskId));
  if (wanted.size > 0) for (const task of tasks) if (wanted.has(task.id)) found.set(task.id, task);
  return found;
}

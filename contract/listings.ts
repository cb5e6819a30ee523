import type { Verdict } from '../domain/attempt/verdict.ts';
import type { BudgetLine } from '../domain/plan/agent-line.ts';
import type { RunResult } from './run.ts';
import type { AgentStatus, Problem, RunLine, RunState, Waits } from './status.ts';

// What the scheduler's API answers about many of a kind. What is not known is null, never 0.

/** All times are milliseconds since the epoch. */
export interface PoolsStatus {
  /** By queue: those that agents serve, and those of open tasks that nobody serves. */
  pools: PoolStatus[];
  /** Open tasks with neither a queue nor an agent: no pool has them. Null while TinyTask does not answer. */
  placeless: number | null;
  mode: 'queue' | 'legacy';
  problems: Problem[];
}

/** A pool and what came to it, waits in it and left it. */
export interface PoolStatus {
  queue: string;
  /** Names, in the order of the configuration. None: nobody serves the queue. */
  agents: string[];
  held: number;
  /** Slots of all of its agents together. */
  limit: number;
  /** A person has paused the pool as a whole. */
  paused: boolean;
  /** Runs in line for a slot. */
  line: number;
  /** Open tasks that no run has, blocked ones too. This and what follows: null while TinyTask does not answer. */
  waiting: number | null;
  /** Open tasks of the queue that are assigned to nobody. */
  unassigned: number | null;
  /** Tasks that wait for other tasks. */
  blocked: number | null;
  /** Of the tasks that wait and are not blocked, the one that was added first; null: there is none, or it is not known. */
  oldest: { taskId: number; addedMs: number } | null;
  /** Tasks that were added in the last hour and are still open, or had a run that ended in it. */
  arrived: number | null;
  /** Runs that ended in the last hour, without those that only left the line; null: too many to count. */
  ended: number | null;
  /** What was taken of its budget; absent: it has none. */
  budget?: BudgetLine;
}

/** The agents, and where they work. */
export interface AgentsStatus {
  agents: AgentAtWork[];
  problems: Problem[];
}

export interface AgentAtWork extends AgentStatus {
  /** What it has a slot for. `host`: null where no goose host has taken it yet, or none is known. */
  runs: { taskId: number; host: string | null; state: RunState }[];
}

/** Of an open task, where its run is; of one without a run, why: it waits, it waits for other tasks, or it is somebody else's. */
export const TASK_PHASES = [
  'running',
  'interrupted',
  'waiting-for-host',
  'waiting-for-slot',
  'waiting',
  'blocked',
  'backing-off',
  'parked',
  'working-elsewhere',
] as const satisfies (RunState | 'waiting' | 'blocked' | 'working-elsewhere')[];
export type TaskPhase = (typeof TASK_PHASES)[number];

/** Which open tasks; all that are named have to hold. */
export interface TaskFilter {
  phase?: TaskPhase;
  /** That has the task, had it last, or is assigned to it. */
  agent?: string;
  /** Queue of the pool. */
  pool?: string;
  /** Added since, in milliseconds since the epoch. */
  sinceMs?: number;
}

export interface OpenTask {
  taskId: number;
  title: string;
  /** Of the task. */
  queue: string | null;
  /** Queue of the pool that it waits in or runs in; null: none. */
  pool: string | null;
  /** That has it, had it last, or is assigned to it. */
  agent: string | null;
  priority: number;
  /** When it was added, in milliseconds since the epoch; null: TinyTask does not tell. */
  addedMs: number | null;
  phase: TaskPhase;
  run: RunLine | null;
  /** What the planner says of it; null where it has a run that is not in line. */
  waits: Waits | null;
}

/** Which runs that have ended. */
export interface RunFilter {
  /** Ended since, in milliseconds since the epoch. */
  sinceMs?: number;
  /** That had its slot last, or alone might have had it. */
  agent?: string;
  /** At most so many, the newest. */
  limit: number;
}

export interface EndedRuns {
  /** Newest first. */
  runs: EndedRun[];
  /** There are more than were asked for. */
  more: boolean;
}

/** How a run ended: by itself, or from outside. */
export type HowEnded = 'by-itself' | 'failed' | 'terminated' | 'timed-out' | 'cancelled';

/** Times in milliseconds since the epoch. */
export interface EndedRun {
  taskId: number;
  runId: string;
  agent: string | null;
  queue: string | null;
  startedAtMs: number;
  endedAtMs: number;
  how: HowEnded;
  /** What it left of the task; null: it was ended from outside, or what it returned is not known. */
  end: RunResult['end'] | null;
  /** Of its last attempt; null: it made none, or it is not known. */
  verdict: Verdict | null;
  /** That it made itself, oldest first; null: its history is not there any more. */
  attempts: Attempt[] | null;
}

/** One attempt at a task. Times in milliseconds since the epoch. */
export interface Attempt {
  taskId: number;
  /** Numbers go on over the runs of a task. */
  number: number;
  /** Of the run that made it. */
  runId: string;
  agent: string;
  /** Null: no goose host has taken it yet, or it is not known which. */
  host: string | null;
  /** When it was sent to the goose hosts. */
  sentAtMs: number;
  /** Null: it is not over. */
  endedAtMs: number | null;
  /** Null: it is not over, or it was cut off with its run. */
  verdict: Verdict | null;
  /** For how long goose ran; null: not known. */
  seconds: number | null;
  /** Of the model, in all; null: not known. */
  tokens: number | null;
  /** Name of its log; null: it has none. Of one that is not over, or was lost, the name that its log has if there is one. */
  log: string | null;
}

import type { VerdictKind } from '../domain/attempt/verdict.ts';
import type { Reason } from '../domain/plan/reason.ts';
import type { Task, TaskStatus } from '../domain/task.ts';
import type { Failure } from './errors.ts';
import type { RunResult } from './run.ts';
import type { Problem, RunState, SchedulerState, Waits } from './status.ts';

// What the report on the workload says: facts. Times are milliseconds since the epoch, lengths of time milliseconds.

/** What a report is about. */
export interface ReportAsked {
  /** Tasks with one of these statuses. */
  statuses: readonly TaskStatus[];
  /** Only what is assigned to this agent, and only runs of its. */
  agent?: string;
  /** Also what ended since. */
  sinceMs?: number;
}

export interface Report {
  atMs: number;
  asked: ReportAsked;
  summary: WorkloadSummary;
  /** By name; tasks that are assigned to nobody are the last. */
  agents: AgentWorkload[];
  priorities: Priorities;
  ages: Ages;
  /** Of higher priority first, then the older ones. */
  tasks: ReportedTask[];
  /** Null: the scheduler is not known, and `problems` say why. */
  scheduler: ReportedScheduler | null;
  /** Null: not asked for, or not known, as above. */
  ended: EndedWork | null;
  problems: ReportProblem[];
}

export type ReportProblem =
  | Problem
  /** TinyTask is all that the report knows of: Temporal does not answer, or its scheduler works for others. */
  | { what: 'alone'; failure: Failure }
  /** What ended could not be read. */
  | { what: 'ended-unknown'; failure: Failure };

export interface WorkloadSummary {
  /** Idle and working. */
  open: number;
  idle: number;
  working: number;
  complete: number;
  /** To whom a task of the report is assigned, sorted. */
  agentsWithWork: string[];
}

export interface AgentWorkload {
  /** Null: assigned to nobody. */
  agent: string | null;
  total: number;
  idle: number;
  working: number;
  complete: number;
  taskIds: number[];
}

export interface Priorities {
  /** Highest first. */
  byPriority: { priority: number; tasks: number }[];
  /** Null: there are no tasks. */
  average: number | null;
}

/** Null where no task has a date that can be read. */
export interface Ages {
  oldest: { taskId: number; ageMs: number } | null;
  newest: { taskId: number; ageMs: number } | null;
  averageMs: number | null;
  /** Tasks from the future, by TinyTask's clock: their age counts as 0. */
  ahead: number;
}

export interface ReportedTask {
  task: Task;
  /** Null: its date cannot be read. */
  ageMs: number | null;
  /** Of its open run; null: it has none, or that is not known. */
  phase: RunState | null;
  /** Why it does not run; null: it runs, or is over, or that is not known. */
  waits: Waits | null;
}

/** What only Temporal knows. */
export interface ReportedScheduler {
  state: SchedulerState;
  /** Of all open tasks, whatever the report was asked for. The tasks without a queue are the last. */
  pools: PoolWorkload[];
  /** Of the tasks of the report; those that are open and have no run are `no-run`. */
  phases: { phase: RunState | 'no-run'; tasks: number }[];
  /** Why open tasks of the report do not run, the most frequent first. */
  reasons: { why: Reason['why']; tasks: number }[];
}

export interface PoolWorkload {
  /** Null: none. */
  queue: string | null;
  agents: number;
  slots: number;
  held: number;
  /** Open tasks. */
  tasks: number;
  /** Runs that wait for a slot. */
  inLine: number;
  unassigned: number;
  blocked: number;
}

/** What ended within a time. */
export interface EndedWork {
  sinceMs: number;
  /** For so long the server keeps ended runs; null: it does not say. */
  keptForMs: number | null;
  /** There are more than are counted; those that ended last are. */
  more: boolean;
  runs: number;
  /** Of `runs`, those whose history was read, the newest. What follows is about them alone. */
  read: number;
  /** What became of the tasks, by run; `lost`: it was ended from outside. The most frequent first. */
  ends: { end: RunResult['end'] | 'lost'; runs: number }[];
  /** Runs that completed their task, for each hour; null: not all runs were read, or none ended. */
  completedPerHour: number | null;
  /** From the start of a run until its first attempt. */
  waiting: Spread | null;
  /** Of each attempt with goose whose length is known. */
  running: Spread | null;
  verdicts: { verdict: VerdictKind; attempts: number }[];
  /** By name; null: not known. */
  byAgent: WorkOf[];
  byRecipe: WorkOf[];
}

/** In milliseconds. The mean times `of` is the work in all, which capacity is reckoned from. */
export interface Spread {
  of: number;
  meanMs: number;
  p50Ms: number;
  p90Ms: number;
  mostMs: number;
}

/** Attempts with goose of one agent, or with one recipe. */
export interface WorkOf {
  name: string | null;
  attempts: number;
  /** Of the attempts whose tokens are known; null: of none. */
  tokens: number | null;
  /** Attempts whose tokens are not known. */
  unknownTokens: number;
}

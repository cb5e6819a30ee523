import type { Verdict } from '../domain/attempt/verdict.ts';
import type { BudgetLine, PoolHold } from '../domain/plan/agent-line.ts';
import type { RunRules } from '../domain/run-rules.ts';
import type { Attempt, ClosedRun } from './attempts.ts';
import type { Deed } from './by-hand.ts';
import type { PassReport } from './pass.ts';
import type { RunResult } from './run.ts';
import type { TaskAtWork } from './running.ts';
import type { AgentStatus, Problem, RunLine, RunState, SchedulerState, Status, Waits } from './status.ts';

// What the scheduler's API answers about many of a kind. What is not known is null, never 0.

/** All times are milliseconds since the epoch. */
export interface PoolsStatus extends SchedulerState {
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
  /** A person has stopped the agents of the pool as a whole. */
  stopped?: true;
  /** What people did with the pool as a whole, each the last of its kind, where they said who they are. */
  deeds?: Deed[];
  /** The same trouble has taken several of its agents, and nothing is given to any; absent: not so. */
  hold?: Omit<PoolHold, 'isTaken'>;
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
export interface AgentsStatus extends SchedulerState {
  agents: AgentAtWork[];
  problems: Problem[];
}

export interface AgentAtWork extends AgentStatus {
  /** How its runs are limited and started, where that is not as the settings say. */
  rules: RunRules;
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
  /** Open tasks that it waits for: its blocker, or its open subtasks, at most 20. */
  blockedBy: number[];
  /** Since when it is in its phase, in milliseconds since the epoch; null: nobody tells. */
  sinceMs: number | null;
}

/** Which runs that have ended. */
export interface RunFilter {
  /** Ended since, in milliseconds since the epoch. */
  sinceMs?: number;
  /** That had its slot last, or alone might have had it. */
  agent?: string;
  /** At most so many, the newest. */
  limit: number;
  /** Those that come after this one in the list: for the next page. */
  before?: RunPlace;
}

/** Where an ended run is in the list: of those that ended in the same millisecond the larger id comes first. */
export interface RunPlace {
  endedMs: number;
  runId: string;
}

/** Which full passes of the scheduler. */
export interface PassFilter {
  /** At most so many, the newest. */
  limit: number;
  /** As an answer has said where to go on. */
  beforeMs?: number;
}

/** Full passes, as far as the server keeps the runs of the scheduler. */
export interface PastPasses {
  /** Newest first. Of those that wait, each has the head of the order. */
  passes: PassReport[];
  /** Where to go on; null: there are no more. */
  beforeMs: number | null;
}

export interface EndedRuns {
  /** Newest first. */
  runs: EndedRun[];
  /** There are more than were asked for. */
  more: boolean;
}

/** A run that has ended, with what its history tells. */
export interface EndedRun extends Omit<ClosedRun, 'workflowId' | 'phase' | 'memo'> {
  /** What it left of the task; null: it was ended from outside, or what it returned is not known. */
  end: RunResult['end'] | null;
  /** Of its last attempt; null: it made none, or it is not known. */
  verdict: Verdict | null;
  /** That it made itself, oldest first; null: its history is not there any more. */
  attempts: Attempt[] | null;
}

/** Everything at one moment, from one look at the server and at TinyTask. */
export interface Look {
  /** Milliseconds since the epoch. */
  atMs: number;
  status: Status;
  agents: AgentsStatus;
  /** All open tasks, in the order of OpenTask lists; null: TinyTask does not answer, and `status.problems` says why. */
  tasks: OpenTask[] | null;
  /** Those that have a slot. */
  atWork: TaskAtWork[];
}

/** Which part of the log of an attempt. */
export interface LogAsked {
  /** Number of the attempt; absent: the last one. */
  attempt?: number;
  /** In bytes from the beginning; below 0: from the end. */
  from: number;
  mostBytes: number;
}

/** A part of a log, in whole characters. Places are in bytes from the beginning. */
export interface LogPiece {
  attempt: Attempt;
  from: number;
  /** Where to go on. */
  to: number;
  /** Of the whole log now. */
  size: number;
  text: string;
  /** The attempt was over before this was read: at the end there is no more to come. */
  isOver: boolean;
}

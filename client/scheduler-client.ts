import type { Attempt } from '../contract/attempts.ts';
import type { Note } from '../contract/by-hand.ts';
import type { CheckAsked, Checked } from '../contract/check.ts';
import type { Forecast, WhatIf } from '../contract/forecast.ts';
import type { Headline, Recent } from '../contract/headline.ts';
import type { PastAsked, PastRuns } from '../contract/history.ts';
import type {
  AgentsStatus,
  EndedRuns,
  LogAsked,
  LogFound,
  LogPiece,
  LogSearch,
  Look,
  OpenTask,
  PassFilter,
  PastPasses,
  PoolsStatus,
  RunFilter,
  TaskFilter,
  TaskTold,
} from '../contract/listings.ts';
import type { PassReport } from '../contract/pass.ts';
import type { Report, ReportAsked } from '../contract/report.ts';
import type { RunningNow } from '../contract/running.ts';
import type {
  Backlog,
  Cancelled,
  Explanation,
  LimitSet,
  Removed,
  Retried,
  Status,
  Stopped,
  TaskDone,
  TaskOutcome,
} from '../contract/status.ts';
import type { Change } from '../domain/forecast/change.ts';
import type { Task } from '../domain/task.ts';
import type { SchedulesClient } from './schedules-client.ts';

export interface NewTaskInput {
  title: string;
  description?: string;
  queue?: string;
  agent?: string;
  priority?: number;
  blockedBy?: number;
  tags?: string[];
}

/** What is paused or resumed. */
export type Selection = { agent?: string; queue?: string };

/** Which parked tasks are meant: those of an agent, or those that a reason parked. */
export interface Parked {
  agent?: string;
  /** The kind of a verdict, or words of what parked the task. */
  reason?: string;
}

/**
 * The one API of the scheduler: the command line, REST, MCP tools and the page all go through it. It answers with facts, and
 * fails with a SchedulerError, of which the code says what it was; sentences are in words/.
 */
export interface SchedulerClient {
  status(): Promise<Status>;
  /** Whether everything is well, for a monitoring. @throws `no-such-queue` */
  check(asked?: CheckAsked): Promise<Checked>;
  /** What `status`, `agents` and `openTasks` tell, of one moment. */
  look(): Promise<Look>;
  /** What somebody needs first who was woken. `look`, `recent`: as they were read already; null: it could not be. */
  headline(look?: Look, recent?: Recent | null): Promise<Headline>;
  /** What ended in the last hour, and the passes before the last one. */
  recent(): Promise<Recent>;
  /** What each task that has a slot is at; by a look that was read already, and the logs on this host. */
  running(look?: Look): Promise<RunningNow>;
  /** A task of TinyTask, complete or not. @throws `no-such-task` */
  task(taskId: number): Promise<TaskTold>;
  /** All tasks of TinyTask, complete ones too. */
  tasks(): Promise<Task[]>;
  /** All that carry the tag, complete and archived ones too; the lowest id first. */
  tasksWithTag(tag: string): Promise<Task[]>;
  /** Each pool: what waits in it, and what came and left in the last hour. */
  pools(): Promise<PoolsStatus>;
  /** Each agent: slots, health, and where it works. */
  agents(): Promise<AgentsStatus>;
  /** Open tasks and where each is; what runs first, then in the order in which they would go. @throws `no-such-agent` @throws `no-such-queue` */
  openTasks(filter?: TaskFilter): Promise<OpenTask[]>;
  /** Runs that have ended, newest first. @throws `no-such-agent` */
  endedRuns(filter: RunFilter): Promise<EndedRuns>;
  /** What ended within a time, of up to 2,000 runs; who asks again finds what was read kept, and has it read on. @throws `no-such-agent` */
  pastRuns(asked: PastAsked): Promise<PastRuns>;
  /** Full passes before the one that a look has: what each started, and why the rest waited. */
  pastPasses(filter: PassFilter): Promise<PastPasses>;
  /** The attempts at a task, oldest first; none: it has had none. @throws `no-such-task` */
  attempts(taskId: number): Promise<Attempt[]>;
  /** A part of the log of an attempt. @throws `no-such-task` @throws `no-such-attempt` @throws what findLog does */
  log(taskId: number, asked: LogAsked): Promise<LogPiece>;
  /** Where a text is in the whole log of an attempt. @throws what `log` does */
  searchLog(taskId: number, asked: LogSearch): Promise<LogFound>;
  /** The same attempt as it is now; undefined: its run is known no more. */
  attemptNow(attempt: Attempt): Promise<Attempt | undefined>;
  /** Everything, the agents of a queue, or one agent. @throws `no-such-queue` @throws `no-such-agent` */
  pause(what?: Selection, note?: Note): Promise<void>;
  resume(what?: Selection, note?: Note): Promise<void>;
  /** As a pause, and stops what runs: see client/stop-agents.ts. Returns what became of that. Undone by `startAgents`. */
  stopAgents(what?: Selection, note?: Note): Promise<Stopped[]>;
  startAgents(what?: Selection, note?: Note): Promise<void>;
  /** Slots of an agent until the configured limit changes; null: as configured. @throws `no-such-agent` */
  setLimit(agent: string, slots: number | null, note?: Note): Promise<LimitSet>;
  /** Task ids of what is parked: all, an agent's, or what a verdict or a word of the reason names. @throws `no-such-agent` */
  parked(which?: Parked): Promise<number[]>;
  /** Task ids of runs that can be cancelled: all, of a queue, or of an agent. @throws `no-such-queue` @throws `no-such-agent` */
  cancellable(what?: Selection): Promise<number[]>;
  /** A pass now; the task is put first. @throws `no-such-task` @throws `nothing-to-run` */
  runNow(taskId?: number): Promise<void>;
  /** Un-parks, skips a back-off, or takes back a task that is `working` with nobody on it. @throws `no-such-task` */
  retry(taskId: number, note?: Note): Promise<Retried>;
  /**
   * Stops the task's run: goose ends, the task is idle, parked until `retry`.
   * @throws `no-such-task` @throws `nothing-to-cancel` @throws `not-cancelled-yet`
   */
  cancel(taskId: number, note?: Note): Promise<Cancelled>;
  /** Takes out a task that nobody works on: it is archived. @throws `no-such-task` @throws `task-runs` */
  remove(taskId: number, note?: Note): Promise<Removed>;
  /** `retry` and `cancel` for many, some at a time; one that fails keeps no other from being done. */
  retryEach(
    taskIds: number[],
    note?: Note,
    tell?: (done: TaskDone<Retried>) => void,
  ): Promise<TaskDone<Retried>[]>;
  cancelEach(
    taskIds: number[],
    note?: Note,
    tell?: (done: TaskDone<Cancelled>) => void,
  ): Promise<TaskDone<Cancelled>[]>;
  add(task: NewTaskInput): Promise<Task>;
  /**
   * One full pass of the scheduler; undefined when no worker takes it within `acceptMs`. Asked again with
   * the same id, it is the same pass.
   */
  pass(options: { id: string; once: boolean; acceptMs: number }): Promise<PassReport | undefined>;
  /** Where a run of a task stands: the one that is named and what it continues as, else the newest. */
  outcomeOf(taskId: number, runId?: string): Promise<TaskOutcome>;
  /** Why a task is where it is. @throws `no-such-task` */
  explain(taskId: number): Promise<Explanation>;
  /** The workload: tasks by agent, priority and age, pools, and on request what ended. Where Temporal may be down: reportOf. */
  report(asked: ReportAsked): Promise<Report>;
  /** All open tasks by what keeps them from running. */
  explainAll(): Promise<Backlog>;
  /** When each open task starts and ends, or the one that is named. @throws `no-such-task` @throws `nothing-to-foresee` */
  forecast(taskId?: number): Promise<Forecast>;
  /** What changes of the agents would do; nothing is changed. @throws `no-such-agent` @throws `no-such-queue` @throws `existing-agent` */
  whatIf(changes: Change[]): Promise<WhatIf>;
  /** Recurring work. */
  readonly schedules: SchedulesClient;
  close(): Promise<void>;
}

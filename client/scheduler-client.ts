import type { PassReport } from '../contract/pass.ts';
import type { Phase, RunResult } from '../contract/run.ts';
import type { Outcome } from '../domain/attempt/settle.ts';
import type { Verdict } from '../domain/attempt/verdict.ts';
import type { Waiting } from '../domain/plan/plan.ts';
import type { Health } from '../domain/slots/health.ts';
import type { Task } from '../domain/task.ts';
import type { RunLine } from './run-line.ts';

/** An agent as people see it. */
export interface AgentStatus {
  name: string;
  queue: string | null;
  limit: number;
  held: number;
  /** Runs in line that it may take. */
  waiting: number;
  paused: boolean;
  /** With its whole pool. */
  poolPaused: boolean;
  health: Health;
  /** It is unwell, its time has come, and nobody tries it yet. */
  tryIsDue?: true;
}

/** `no-daemon`: the scheduler does what it is asked (`run --once`) and nothing of its own accord. */
export type SchedulerWord = 'running' | 'paused' | 'disabled' | 'no-daemon' | 'never-started';

/** Where the run of a task stands, or what it came to. */
export interface TaskOutcome {
  taskId: number;
  /** Null: it has not had one yet. */
  agent: string | null;
  /** Null: the server knows no run of the task. */
  runId: string | null;
  /** `ended`: by itself. `lost`: it was ended from outside, or the server knows nothing of it. Else it is open. */
  state: 'ended' | 'lost' | Phase;
  /** Of a run that has ended. */
  end: RunResult['end'] | null;
  /** Of the last attempt; null: there was none, or nobody could tell. */
  verdict: Verdict | null;
  /** What the last attempt left in TinyTask; null as before. */
  outcome: Outcome | null;
  /** Number of the last attempt; numbers go on over the runs of a task. */
  attempts: number;
  /** Name of the log of the last attempt. */
  log: string | null;
  /** From its start to its end, or until it was parked, or until now. */
  tookMs: number;
}

/** Everything `status`, the live table and the page show. */
export interface Status {
  /** What decides whether anything starts; the first that holds. See sayScheduler. */
  scheduler: SchedulerWord;
  paused: boolean;
  /** `TINYSCHEDULER_ENABLED` of who schedules; of this configuration where nobody does. */
  enabled: boolean;
  /** The daemon that watches TinyTask, as `pid@host`. */
  daemon: string | null;
  agents: AgentStatus[];
  running: RunLine[];
  /** Runs whose goose host is gone. */
  interrupted: RunLine[];
  /** Runs that wait for a slot, or for a goose host. */
  queued: RunLine[];
  backingOff: RunLine[];
  parked: RunLine[];
  /** Tasks without a run, and why; the head of the order. */
  waiting: (Waiting & { queue?: string | null })[];
  waitingTotal: number;
  lastPass: PassReport | null;
  /** What is wrong right now, as sentences. */
  problems: string[];
}

export interface NewTaskInput {
  title: string;
  description?: string;
  queue?: string;
  agent?: string;
  priority?: number;
  blockedBy?: number;
}

/** What is paused or resumed. */
export type Selection = { agent?: string; queue?: string };

/** The one API of the scheduler: the command line, REST, MCP tools and the page all go through it. */
export interface SchedulerClient {
  status(): Promise<Status>;
  /** All tasks of TinyTask, complete ones too. */
  tasks(): Promise<Task[]>;
  /** Everything, the agents of a queue, or one agent. */
  pause(what?: Selection): Promise<void>;
  resume(what?: Selection): Promise<void>;
  runNow(taskId?: number): Promise<void>;
  /** Un-parks, skips a back-off, or takes back a task that is `working` with nobody on it; says which. */
  retry(taskId: number): Promise<string>;
  /** Stops the task's run: goose ends, the task is idle, parked until `retry`; says what became of it. */
  cancel(taskId: number): Promise<string>;
  add(task: NewTaskInput): Promise<Task>;
  /**
   * One full pass of the scheduler; undefined when no worker takes it within `acceptMs`. Asked again with
   * the same id, it is the same pass.
   */
  pass(options: { id: string; once: boolean; acceptMs: number }): Promise<PassReport | undefined>;
  /** Where a run of a task stands: the one that is named and what it continues as, else the newest. */
  outcomeOf(taskId: number, runId?: string): Promise<TaskOutcome>;
  /** Why a task is where it is, as sentences. */
  explain(taskId: number): Promise<string[]>;
  close(): Promise<void>;
}

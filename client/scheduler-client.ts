import type { Health } from '../domain/health.ts';
import type { PassReport } from '../domain/pass.ts';
import type { Waiting } from '../domain/plan.ts';
import type { Phase } from '../domain/run.ts';
import type { Task } from '../domain/task.ts';

/** An agent as people see it. */
export interface AgentStatus {
  name: string;
  queue: string | null;
  limit: number;
  held: number;
  waiting: number;
  paused: boolean;
  health: Health;
}

/** An open run of a task. */
export interface RunLine {
  taskId: number;
  agent: string;
  queue: string | null;
  phase: Phase;
  attempt: number;
  /** Milliseconds since the epoch. */
  startedAtMs: number;
  /** What is going on, as a sentence; null when nobody serves the workflows, who would have to say it. */
  says: string | null;
}

/** Everything `status`, the live table and the page show. */
export interface Status {
  /** `no-daemon`: the scheduler does what it is asked (`run --once`) and nothing of its own accord. */
  scheduler: 'running' | 'paused' | 'no-daemon' | 'never-started';
  paused: boolean;
  /** The daemon that watches TinyTask, as `pid@host`. */
  daemon: string | null;
  agents: AgentStatus[];
  running: RunLine[];
  /** Runs that wait for a slot. */
  queued: RunLine[];
  backingOff: RunLine[];
  parked: RunLine[];
  /** Tasks without a run, and why; the head of the order. */
  waiting: Waiting[];
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

/** The one API of the scheduler: the command line, REST, MCP tools and the page all go through it. */
export interface SchedulerClient {
  status(): Promise<Status>;
  /** All tasks of TinyTask, complete ones too. */
  tasks(): Promise<Task[]>;
  pause(agent?: string): Promise<void>;
  resume(agent?: string): Promise<void>;
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
  /** Whether the task's run has come to an end, or waits for a person (parked). */
  runEnded(taskId: number): Promise<boolean>;
  /** Why a task is where it is, as sentences. */
  explain(taskId: number): Promise<string[]>;
  close(): Promise<void>;
}

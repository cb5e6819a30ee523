import type { Outcome } from '../domain/attempt/settle.ts';
import type { Verdict } from '../domain/attempt/verdict.ts';
import type { Waiting } from '../domain/plan/decision.ts';
import type { Health } from '../domain/slots/health.ts';
import type { PassReport } from './pass.ts';
import type { Phase, RunResult } from './run.ts';

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

/** Where a run really is, which a server whose workers are gone does not say by its phase alone. */
export type RunState =
  | 'waiting-for-slot'
  /** It has its slot; no goose host has taken it yet. */
  | 'waiting-for-host'
  | 'running'
  /** Its goose host is not heard of any more, or its attempt is over and nobody is there to go on with it. */
  | 'interrupted'
  | 'backing-off'
  | 'parked';

/** An open run of a task. */
export interface RunLine {
  taskId: number;
  /** Null where any of the pool may still get it. */
  agent: string | null;
  /** Whose slots it uses, for people: its only agent, or `queue "dev"`. */
  whose: string;
  queue: string | null;
  phase: Phase;
  state: RunState;
  attempt: number;
  /** Of what runs, when its attempt began; else when the run began. Milliseconds since the epoch. */
  sinceMs: number;
  /** Why it backs off, is parked or is in line, where that is known. */
  why?: string;
}

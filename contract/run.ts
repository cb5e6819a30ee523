import type { AttemptPolicy, CancelledBy, Past } from '../domain/attempt/follow.ts';
import type { Outcome } from '../domain/attempt/settle.ts';
import type { Verdict } from '../domain/attempt/verdict.ts';
import type { Rank } from '../domain/rank.ts';
import type { TaskRef } from '../domain/task.ts';

/** Where a run is; the value of the search attribute `Phase`. */
export type Phase = 'waiting' | 'running' | 'backing-off' | 'parked';

export interface RunSettings extends AttemptPolicy {
  maxRuntimeMs: number;
  killGraceMs: number;
  heartbeatTimeoutMs: number;
}

/** Input of `runTask`: everything one run of one task needs; plain JSON, under 1 KB. */
export interface RunInput {
  task: TaskRef;
  /** Workflow id of the semaphore that gives it its slots. */
  semaphore: string;
  /** The only agent that may have the task; null: any of the pool. */
  wants: string | null;
  queue: string | null;
  /** The pool whose task it is; null when the task came with its agent. */
  pool: string | null;
  /** To whom the task is assigned; null: nobody. */
  assignee: string | null;
  /** By a claim of an earlier run, so it may go to another agent of the pool. */
  assignedByUs: boolean;
  rank: Rank;
  /** When the rank was found, in milliseconds since the epoch. */
  rankedAtMs: number;
  past: Past;
  /** No slot is asked for before: processes of the run before it may live until then. Milliseconds since the epoch. */
  notBeforeMs: number;
  settings: RunSettings;
  /** Where a run goes on that continued as new. */
  resume?: Resume;
}

/** `lookDue`: it was told that its task has changed, and has not looked yet. */
export type Resume = { reason: string; handedTo?: string | null; lookDue?: boolean } & (
  | { phase: 'parked'; retried: boolean }
  | { phase: 'backing-off'; untilMs: number }
);

/** What the goose host answers for one attempt. */
export interface AttemptResult {
  verdict: Verdict;
  /** Whether the task was set to `working` by this attempt. */
  claimed: boolean;
  /**
   * Nothing happened, and the slot is given back to ask for another: a pause was found at the last look
   * before the claim, or the slot was granted to the run that this one was reset from.
   */
  noAttempt?: 'paused' | 'slot-lost';
  /** The host has seen all processes dead and given the slot back; else the run does. */
  slotReleased?: boolean;
  /** Who stopped a `cancelled` one. */
  cancelledBy?: CancelledBy;
  log: string | null;
  host: string;
  seconds: number;
  turns: number;
  tokens: number | null;
}

/** The verdict, where it shows whether the agent works: one that stood down before the start shows nothing. */
export function saysOfAgent({ noAttempt, claimed, verdict }: AttemptResult): Verdict | null {
  return noAttempt !== undefined || (verdict.kind === 'not-ours' && !claimed) ? null : verdict;
}

/** A lost worker may have claimed the task. With nobody it was not: TinyTask cannot take an assignment back. */
export function neverAssigned({ claimed }: AttemptResult, outcome: Outcome): boolean {
  return claimed && outcome.task === 'untouched';
}

export interface RunStatus {
  taskId: number;
  /** Null before its first slot, where any of the pool may have the task. */
  agent: string | null;
  phase: Phase;
  attempt: number;
  sinceMs: number;
  /** What is going on, as a sentence. */
  says: string;
  untilMs: number | null;
  last: { verdict: Verdict; outcome: Outcome | null; log: string | null } | null;
}

/** Result of `runTask`. */
export interface RunResult {
  taskId: number;
  /** `left-line`: it did nothing, since its task may not start now or is for others. */
  end: Outcome['task'] | 'left-line';
  verdict: Verdict | null;
  past: Past;
}

import type { AttemptPolicy, CancelledBy, Past } from '../domain/attempt/follow.ts';
import type { Outcome } from '../domain/attempt/settle.ts';
import type { Verdict, VerdictKind } from '../domain/attempt/verdict.ts';
import type { Rank } from '../domain/rank.ts';
import type { Spent } from '../domain/slots/tokens.ts';
import type { TaskRef } from '../domain/task.ts';
import type { ParkedBefore } from './memos.ts';

/** Where a run is; the value of the search attribute `Phase`. */
export type Phase = 'waiting' | 'running' | 'backing-off' | 'parked';

/** What the configuration said when the run was started. */
export interface RunSettings extends AttemptPolicy {
  /** So long a goose may run. */
  maxRuntimeMs: number;
  /** Between SIGTERM and SIGKILL. */
  killGraceMs: number;
  /** A goose host that is not heard of for so long has lost the attempt; nothing of it lives then. */
  heartbeatTimeoutMs: number;
}

/** Input of `runTask`: everything one run of one task needs; plain JSON, under 1 KB. */
export interface RunInput {
  task: TaskRef;
  /** Workflow id of the semaphore that gives it its slots. */
  semaphore: string;
  /** The only agent that may have the task; null: any of the pool. */
  wants: string | null;
  /** `queue` of the task. */
  queue: string | null;
  /** The recipe that its task names. */
  recipe?: string;
  /** Workflow id of the occurrence that made its task, which is told of each rest and of the end. */
  occurrence?: string;
  /** The pool whose task it is; null when the task came with its agent. */
  pool: string | null;
  /** To whom the task is assigned; null: nobody. */
  assignee: string | null;
  /** By a claim of an earlier run, so it may go to another agent of the pool. */
  assignedByUs: boolean;
  rank: Rank;
  /** When the survey that found the rank began, in milliseconds since the epoch. */
  rankedAtMs: number;
  /** What earlier attempts at the task came to. */
  past: Past;
  /** No slot is asked for before: processes of the run before it may live until then. Milliseconds since the epoch. */
  notBeforeMs: number;
  settings: RunSettings;
  /** As in RunMemo, of a run that continued as new. */
  parkedBefore?: ParkedBefore;
  verdict?: VerdictKind;
  /** Where a run goes on that continued as new. */
  resume?: Resume;
}

export type Resume = {
  /** Why it rests, as a clause for people. */
  reason: string;
  /** Who got the task from it, where the task was handed on in a circle; null: nobody. */
  handedTo?: string | null;
  /** It was told that its task has changed, and has not read it yet. */
  lookDue?: boolean;
  /** The agent of whose slots it had one last; absent: it had none, or an earlier version did not say. */
  agent?: string;
} & (
  | { phase: 'parked' /** It was told to `retry`. */; retried: boolean }
  | { phase: 'backing-off' /** Milliseconds since the epoch. */; untilMs: number }
);

/** What the goose host answers for one attempt. */
export interface AttemptResult {
  verdict: Verdict;
  /** Whether the task was set to `working` by this attempt. */
  claimed: boolean;
  /**
   * Nothing happened, and the slot is given back to ask for another: a pause was found just before the claim, or the slot
   * is not good any more, for example since it was granted to the run that this one was reset from.
   */
  noAttempt?: 'paused' | 'slot-lost';
  /** The host has seen all processes dead and given the slot back; else the run does. */
  slotReleased?: boolean;
  /** Who stopped it, where the verdict is `cancelled`. */
  cancelledBy?: CancelledBy;
  /** Name of its log on the host, with what went wrong with the log; null: there is none. */
  log: string | null;
  /** Name of the host; empty where none took the attempt. */
  host: string;
  /** For how long goose ran, to a tenth. */
  seconds: number;
  /** Answers of the model. */
  turns: number;
  /** Of the model, in all; null: not known. */
  tokens: number | null;
  /** The command that verified the work, where one did; whether it succeeded, the verdict says. */
  verified?: Verified;
  /** The verdict is by what the rules ask for besides goose; absent: they ask for nothing, or the host is of an earlier version. */
  byRules?: true;
  /** Name of the recipe; absent: no goose ran, or the host is of an earlier version. */
  recipe?: string;
}

export interface Verified {
  /** Name of the program. */
  program: string;
  /** For how long it ran, to a tenth. */
  seconds: number;
  /** Name of its log on the host. */
  log: string;
  /** The last ones that it wrote, for people: without escape sequences. */
  lines: string[];
}

/** The verdict, where it shows whether the agent works: one that stood down before the start shows nothing. */
export function saysOfAgent({ noAttempt, claimed, verdict }: AttemptResult): Verdict | null {
  return noAttempt !== undefined || (verdict.kind === 'not-ours' && !claimed) ? null : verdict;
}

/** What it took of the budgets. */
export function spentOf({ claimed, tokens, recipe }: AttemptResult, agent: string): Spent {
  // No goose is started before the claim.
  return claimed ? { agent, tokens, recipe: recipe ?? null } : 'nothing';
}

/**
 * Whether a claim that was taken to have been made cannot have been: the task is assigned to nobody, and TinyTask cannot take
 * an assignment back. Of an attempt whose worker was lost it is not known.
 */
export function neverAssigned({ claimed }: AttemptResult, outcome: Outcome): boolean {
  return claimed && outcome.task === 'untouched';
}

/** Answer to the query `status` of a run. */
export interface RunStatus {
  taskId: number;
  /** Null before its first slot, where any of the pool may have the task. */
  agent: string | null;
  phase: Phase;
  /** Number of the attempt that runs or ran last. */
  attempt: number;
  /** When it entered the phase, in milliseconds since the epoch. */
  sinceMs: number;
  /** What is going on, as a sentence. */
  says: string;
  /** When it goes on by itself, in milliseconds since the epoch; null: it waits for something else. */
  untilMs: number | null;
  /** Its last attempt that was written back. `outcome`: what became of the task. */
  last: { verdict: Verdict; outcome: Outcome | null; log: string | null } | null;
}

/** Result of `runTask`. */
export interface RunResult {
  taskId: number;
  /** What became of the task. `left-line`: the run did nothing, since its task may not start now or is for others. */
  end: Outcome['task'] | 'left-line';
  /** Of its last attempt; null: there was none. */
  verdict: Verdict | null;
  past: Past;
}

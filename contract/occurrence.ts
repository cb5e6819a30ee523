import type { Verdict } from '../domain/attempt/verdict.ts';
import type { Definition } from '../domain/schedule/definition.ts';
import type { NotLetIn, OccurrenceRef, WaitsFor } from '../domain/schedule/entry.ts';
import type { TaskRef } from '../domain/task.ts';

export type { EnterAsked, Entered, OccurrenceRef, WaitsFor } from '../domain/schedule/entry.ts';

// One occurrence of a schedule: its workflow, what becomes of it, and what is kept of that.

/** Who wanted an occurrence. */
export type Trigger =
  /** The plan: the server's tick, or ours where the server's did not come. */
  | 'plan'
  /** A person: run-now. */
  | 'run-now'
  /** A person, for a time in the past. */
  | 'backfill'
  /** A person, for a time that was missed. */
  | 'missed';

/** Input of `scheduledRun`. The server's tick gives the schedule alone. */
export interface OccurrenceInput {
  schedule: string;
  /** Absent: `plan`. */
  trigger?: Exclude<Trigger, 'plan'>;
  /** Its time, in milliseconds since the epoch; absent: as the server's tick says (TemporalScheduledStartTime). */
  plannedMs?: number;
  /** It does not care for the overlap policy and for limits. */
  force?: true;
  /** Where one goes on that continued as new. */
  resume?: OccurrenceResume;
}

export interface OccurrenceResume {
  begun: Begun;
  /** Absent: it has none yet, and waits to be let in. */
  task?: TaskRef;
  /** Milliseconds since the epoch. */
  startedMs: number;
  enteredMs?: number;
  /** The last that it waited for. */
  waited?: WaitsFor;
}

/** What an occurrence asks its schedule when it begins. */
export interface BeginAsked extends OccurrenceRef {
  trigger: Trigger;
  /** Its time, in milliseconds since the epoch. */
  plannedMs: number;
  /** When it was asked, by the server's clock. */
  atMs: number;
  /** The newest time at or before `atMs` at which the schedule was due, where this occurrence is late; absent: it is not. */
  newestDueMs?: number;
}

/** What an occurrence will do, fixed when it begins. */
export interface Begun {
  definition: Definition;
  /** Of the definition. */
  version: number;
  /** Of the occurrence, from 1 on, over all that began. */
  number: number;
  /** When the one before it ended, in milliseconds since the epoch; null: none has. */
  lastEndMs: number | null;
  /** SHA-256 of the recipe's text, in hex; null: it has none, or nobody could read it. Absent before it was read. */
  recipeHash?: string | null;
}

/** Why an occurrence does nothing, which is no failure. */
export type NotBegun =
  | { why: 'paused' }
  /** A person has asked for it to be left out. */
  | { why: 'skipped' }
  /** A later time was due too: only the newest of those that were missed begins. */
  | { why: 'superseded'; byMs: number }
  /** It was missed by more than the catch-up window. */
  | { why: 'too-late'; catchUpMs: number }
  /** An occurrence for the same time has begun already. */
  | { why: 'duplicate'; workflowId: string }
  /** The end was reached, or none remains. */
  | { why: 'finished' }
  | { why: 'no-such-schedule' }
  /** The admission has not let it in. */
  | NotLetIn
  /** Nobody has started it, within the catch-up window or after; or nothing was there to start it. */
  | { why: 'not-fired' };

/** How the task of an occurrence stands. */
export interface TaskLook {
  /** `open`: it goes on, or is in line. `ill`: it will not end by itself. */
  state: 'open' | 'complete' | 'parked' | 'gone';
  /** Why, as a clause for people; absent where it is open or complete. */
  reason?: string;
  /** Of the last attempt; null: there was none, or nobody can tell. */
  verdict: Verdict | null;
  attempts: number;
  /** Of all attempts that are known; null: not known. */
  tokens: number | null;
  /** Of the last attempt. */
  log: string | null;
  agent: string | null;
}

/** What became of an occurrence: kept in its schedule's history, and never with prompts or answers of a model. */
export type OccurrenceEnd =
  | {
      end: 'done' | 'failed' | 'cancelled';
      task: TaskRef | null;
      /** A clause for people; absent where it is done. */
      reason?: string;
      verdict: Verdict['kind'] | null;
      attempts: number;
      tokens: number | null;
      log: string | null;
      agent: string | null;
    }
  /** It did nothing. */
  | { end: 'left-out'; because: NotBegun };

/** One line of a schedule's history. Moments are in milliseconds since the epoch. */
export interface Occurrence {
  workflowId: string;
  /** Absent: no workflow was started for it. */
  runId?: string;
  trigger: Trigger;
  plannedMs: number;
  /** How many times of the plan this line stands for, the last of them being `plannedMs`; absent: one. */
  times?: number;
  /** Absent: it did not begin. */
  number?: number;
  version?: number;
  recipeHash?: string | null;
  /** When it was taken up. */
  startedMs?: number;
  /** When it was let in, after all that it waited for. */
  enteredMs?: number;
  /** The last that it waited for. */
  waited?: WaitsFor;
  /** Absent: it is under way. */
  endedMs?: number;
  ended?: OccurrenceEnd;
  /** Of one that was missed: what a person decided about it. */
  decided?: 'run' | 'skipped';
}

/** Kept as the occurrence's memo: where it is, and, for the goose host, what a command is. */
export interface OccurrenceMemo {
  schedule: string;
  plannedMs: number;
  phase: 'beginning' | 'waiting' | 'working' | 'over';
  begun?: Begun;
  task?: TaskRef;
  waits?: WaitsFor;
  ended?: OccurrenceEnd;
}

/** An occurrence as the server has it. */
export interface OccurrenceSeen {
  workflowId: string;
  /** It is closed: nothing of it changes any more. */
  closed: boolean;
  /** Undefined: it has said nothing of itself yet. */
  memo: OccurrenceMemo | undefined;
}

/** Result of `scheduledRun`; a bad end is a failure with the same as its details. */
export interface OccurrenceResult {
  occurrence: OccurrenceEnd;
}

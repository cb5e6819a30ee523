import type { Verdict } from '../attempt/verdict.ts';
import type { TaskRef } from '../task.ts';
import type { Definition } from './definition.ts';
import type { NotLetIn, OccurrenceRef, WaitsFor } from './entry.ts';

// One occurrence of a schedule, as its schedule asks, tells and keeps it. `contract/occurrence.ts` hands these on to whoever
// sends or keeps them. Moments are in milliseconds since the epoch.

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
      /** Links that TinyTask has of its task, the last ones, each cut; absent: not known. */
      links?: string[];
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

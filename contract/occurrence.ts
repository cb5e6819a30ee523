import type { Verdict } from '../domain/attempt/verdict.ts';
import type { WaitsFor } from '../domain/schedule/entry.ts';
import type { Begun, OccurrenceEnd, Trigger } from '../domain/schedule/occurrence.ts';
import type { TaskRef } from '../domain/task.ts';

export type { EnterAsked, Entered, OccurrenceRef, WaitsFor } from '../domain/schedule/entry.ts';
export type {
  BeginAsked,
  Begun,
  NotBegun,
  Occurrence,
  OccurrenceEnd,
  Trigger,
} from '../domain/schedule/occurrence.ts';

// One occurrence of a schedule: its workflow, what becomes of it, and what is kept of that.

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

/** How the task of an occurrence stands. */
export interface TaskLook {
  /** `open`: it goes on, or is in line. `parked`: it will not end by itself. `gone`: it was deleted, or archived. */
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
  /** What hangs on the task, the last few of them; absent where it is open, or nobody can tell. */
  links?: string[];
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

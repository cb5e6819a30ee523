import type { Definition } from '../domain/schedule/definition.ts';
import type { Note } from './by-hand.ts';
import type { NotBegun, Occurrence, OccurrenceEnd, WaitsFor } from './occurrence.ts';

// A schedule: what its workflow is given and keeps, and what the API answers of it.

/** Whether anything of a schedule can still come. */
export type ScheduleState = 'active' | 'paused' | 'finished';

/** A pause, by a person or since its last ends were bad. Moments are in milliseconds since the epoch. */
export interface Pause extends Note {
  atMs: number;
  /** It paused itself after so many bad ends in a row, the last one for this reason. */
  after?: { badEnds: number; reason: string };
}

/** What is wrong with a schedule. */
export type ScheduleProblem =
  /** It was due, and nothing began, though it is past the grace; told until an occurrence begins. */
  | { problem: 'did-not-fire'; dueMs: number }
  /** So many occurrences in a row ended badly. */
  | { problem: 'bad-ends'; inARow: number; reason: string }
  /** The server does not take it: what it says. */
  | { problem: 'not-kept'; text: string }
  /** Times were missed, and nobody has decided about them. */
  | { problem: 'missed'; count: number; newestMs: number };

/** Bad ends in a row that are a problem. */
export const BAD_ENDS = 3;
/** Occurrences that a schedule keeps; `totals` go on for longer. */
export const KEPT_OCCURRENCES = 500;
export const KEPT_DAYS = 400;

/** Kept as the memo of a schedule's workflow: what has to be readable while no worker lives. Two keys, since they change apart. */
export interface ScheduleMemo {
  schedule: {
    definition: Definition;
    /** 1 and up; each edit counts. */
    version: number;
    createdMs: number;
    editedMs: number;
    by?: string;
    pause?: Pause;
    finished?: true;
    /** Planned times that a person has left out, in milliseconds since the epoch. */
    skips?: number[];
  };
  now: {
    /** Of occurrences that began. */
    count: number;
    /** Under way. */
    open: number;
    /** The last one that ended other than left out. */
    last?: {
      plannedMs: number;
      endedMs: number;
      end: OccurrenceEnd['end'];
      reason?: string;
      taskId?: number;
    };
    badInARow: number;
    problems?: ScheduleProblem[];
    /** When it is next due, as far as it knows. */
    nextMs?: number;
  };
}

/** Of one day in the schedule's zone. */
export interface DayTotal {
  /** `2026-11-26`. */
  day: string;
  done: number;
  failed: number;
  cancelled: number;
  leftOut: number;
  /** Under way for so long altogether. */
  ms: number;
  tokens: number;
}

/** Input of `schedule`. One that is new begins with an Update `define`. */
export interface ScheduleInput {
  name: string;
  carried?: ScheduleCarried;
}

/** What goes along when it continues as new. */
export interface ScheduleCarried {
  memo: ScheduleMemo;
  /** Newest last. */
  history: Occurrence[];
  totals: DayTotal[];
  /** Due times up to here have been compared with what began. */
  auditedMs: number;
  /** By whom the last ends were bad: reason of the last. */
  lastBad?: string;
}

/** What a person asks of a schedule. */
export interface DefineAsked extends Note {
  definition: Definition;
  /** The version that it was made from; null: there must be no such schedule yet. */
  expects: number | null;
  /** It begins paused. */
  paused?: boolean;
}

/** Answers of a schedule. A refusal is an answer, since two edits at once are no error of anybody's. */
export type Defined =
  | { defined: true; version: number /** The server has it. */; inForce: boolean; nextMs: number[] }
  | {
      defined: false;
      because: 'exists' | 'changed' | 'deleted';
      version: number;
      by?: string;
      editedMs: number;
    };

export type RunNowAsked = Note & {
  /** It does not care for overlap and limits. */
  force: boolean;
  /** Also if the schedule is paused. */
  evenIfPaused: boolean;
};

export type RanNow =
  | { started: true; workflowId: string }
  | { started: false; because: 'paused' | 'finished'; pause?: Pause };

export type BackfillAsked = Note & {
  /** The due times from then on, until then, both included; in milliseconds since the epoch. */
  fromMs: number;
  toMs: number;
};
export type Backfilled = {
  started: string[] /** There already. */;
  there: number /** More than are allowed at once. */;
  tooMany?: number;
};

export type SkipAsked = Note & { /** Undefined: the next planned one. */ plannedMs?: number };
export type Skipped = { skipped: number | null };

/** About a time that was missed. */
export type DecideAsked = Note & { plannedMs: number; decide: 'run' | 'skip' };
export type DecidedMissed =
  | { decided: 'run'; workflowId: string }
  | { decided: 'skipped' }
  | { decided: 'no-such-time' };

/** Answer to the query `status` of a schedule. */
export interface ScheduleFull extends ScheduleCarried {
  /** What the server has is what is wanted. */
  inForce: boolean;
}

// What the API answers.

export interface ScheduleLine {
  name: string;
  state: ScheduleState;
  definition: Definition;
  version: number;
  createdMs: number;
  editedMs: number;
  by?: string;
  pause?: Pause;
  /** The next times, computed from the definition; those that a person leaves out are among them, and in `skips`. */
  nextMs: number[];
  skips: number[];
  now: ScheduleMemo['now'];
}

export interface ScheduleShown extends ScheduleLine {
  /** Newest first. Null: no worker answers, so only the server's figures are known. */
  history: Occurrence[] | null;
  totals: DayTotal[] | null;
  /** Whether the server has what is wanted; null: not known. */
  inForce: boolean | null;
}

export interface SchedulesPage {
  schedules: ScheduleLine[];
  /** For the next page; null: this was the last. */
  cursor: string | null;
}

/** What came of a run-now. */
export interface StartedNow {
  /** Workflow id of the occurrence. */
  occurrence: string;
  /** Of its task, where that was there within a few seconds. */
  taskId: number | null;
  /** Why it has none yet, or never will; null: it has one, or nobody could tell in time. */
  waits: WaitsFor | null;
  leftOut: NotBegun | null;
}

/** Which occurrences a person wants to see. */
export interface HistoryAsked {
  schedule?: string;
  sinceMs?: number;
  untilMs?: number;
  /** By how they ended; absent: all. */
  end?: OccurrenceEnd['end'] | 'under-way';
  limit?: number;
}

export interface HistoryLine extends Occurrence {
  schedule: string;
}

/** A time that nobody began, since it was missed or superseded, and nobody has decided about. */
export interface MissedLine {
  schedule: string;
  plannedMs: number;
  times: number;
  because: Extract<OccurrenceEnd, { end: 'left-out' }>['because'];
}

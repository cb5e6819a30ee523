import type { Definition } from '../domain/schedule/definition.ts';
import type { Wanted } from '../domain/schedule/edit.ts';
import type {
  DayTotal,
  Pause,
  ScheduleCarried,
  ScheduleMemo,
  ScheduleState,
} from '../domain/schedule/kept.ts';
import type { KeptAnswer } from './answers.ts';
import type { Note } from './by-hand.ts';
import type { NotBegun, Occurrence, OccurrenceEnd, WaitsFor } from './occurrence.ts';

export type {
  Pause,
  ScheduleCarried,
  ScheduleMemo,
  ScheduleProblem,
  ScheduleState,
} from '../domain/schedule/kept.ts';

// A schedule: what its workflow is given and keeps, and what the API answers of it.

/** Input of `schedule`. One that is new begins with the wish `define`. */
export interface ScheduleInput {
  name: string;
  carried?: ScheduleCarried;
  answers?: KeptAnswer[];
}

/** What a person asks of a schedule. */
export type DefineAsked = Wanted;

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

/** How a client runs one. `tellsMs`: so long it is waited for its task, or for what it waits for. */
export interface RunNowHow extends Partial<Pick<RunNowAsked, 'force' | 'evenIfPaused'>> {
  tellsMs?: number;
}

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

export interface ScheduleLine extends Omit<ScheduleMemo['schedule'], 'finished' | 'skips'> {
  name: string;
  state: ScheduleState;
  /** The next times, computed from the definition; those that a person leaves out are among them, and in `skips`. */
  nextMs: number[];
  skips: number[];
  now: ScheduleMemo['now'];
}

export interface ScheduleShown extends ScheduleLine {
  /** Newest first. Null: no worker answers, so only the server's figures are known. */
  history: SeenOccurrence[] | null;
  totals: DayTotal[] | null;
  /** Whether the server has what is wanted; null: not known. */
  inForce: boolean | null;
}

export interface SchedulesPage {
  schedules: ScheduleLine[];
  /** For the next page; null: this was the last. */
  cursor: string | null;
}

/** How a schedule stands, in short. */
export interface ScheduleNow extends Pick<Definition, 'timing' | 'timeZone'> {
  name: string;
  state: ScheduleState;
  version: number;
  pause?: Pause;
  /** The next planned time that nobody has left out; null: there is none, or it is paused. */
  nextMs: number | null;
  /** The last occurrence that ended other than left out. */
  last: NonNullable<ScheduleMemo['now']['last']> | null;
  /** Occurrences that are under way. */
  running: number;
  problems: NonNullable<ScheduleMemo['now']['problems']>;
}

/** All schedules, as the server's list has them, which lags by a second or so. */
export interface AllSchedules {
  /** When they were read, in milliseconds since the epoch. */
  atMs: number;
  schedules: ScheduleNow[];
  /** There may be more than are read. */
  more: boolean;
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
  /** How it went, where it is over already. */
  ended: Exclude<OccurrenceEnd, { end: 'left-out' }> | null;
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

/** An occurrence, and where it is now. */
export interface SeenOccurrence extends Occurrence {
  /** Of one that is under way, where it has told: its task, and what it waits for. */
  underWay?: { taskId: number | null; waits: WaitsFor | null };
}

/** With what its schedule says of it now. */
export interface HistoryLine extends SeenOccurrence, Pick<Definition, 'timeZone' | 'jitterMs'> {
  schedule: string;
}

/** The last of one schedule among many, newest first; null: not known. */
export interface RecentOccurrences {
  schedule: string;
  occurrences: HistoryLine[] | null;
}

/** A time that nobody began, since it was missed or superseded, and nobody has decided about. */
export interface MissedLine {
  schedule: string;
  timeZone: string;
  plannedMs: number;
  times: number;
  because: Extract<OccurrenceEnd, { end: 'left-out' }>['because'];
}

import type { Day } from '../slots/tokens.ts';
import type { Definition } from './definition.ts';
import type { Occurrence, OccurrenceEnd } from './occurrence.ts';

// What a schedule knows. `contract/schedule.ts` hands these on to whoever reads them. Moments are in milliseconds since the
// epoch.

/** Whether anything of a schedule can still come. */
export type ScheduleState = 'active' | 'paused' | 'finished';

/** A pause, by a person or since its last ends were bad. Moments are in milliseconds since the epoch. */
export interface Pause {
  /** Who paused it, as `user@host`, and why. */
  by?: string;
  note?: string;
  atMs: number;
  /** It paused itself after so many bad ends in a row, the last one for this reason. */
  after?: { badEnds: number; reason: string };
}

/** What is wrong with a schedule. */
export type ScheduleProblem =
  /** It was due, and nothing began, though it is past the grace; told until an occurrence begins. */
  | { problem: 'did-not-fire'; dueMs: number }
  /** So many occurrences in a row ended badly. `paused`: it has paused itself for that, and nothing of it comes. */
  | { problem: 'bad-ends'; inARow: number; reason: string; paused?: true }
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

/** What of a definition says when it is due. */
export type Timed = Pick<Definition, 'timing' | 'timeZone' | 'startMs' | 'endMs' | 'jitterMs' | 'catchUpMs'>;

export interface FormerTiming {
  untilMs: number;
  timed: Timed;
}

/** What goes along when a schedule continues as new: all that it knows. */
export interface ScheduleCarried {
  memo: ScheduleMemo;
  /** Newest last. */
  history: Occurrence[];
  totals: DayTotal[];
  /** Due times up to here have been compared with what began. */
  auditedMs: number;
  /** The version whose `remaining` still counts: the edits since have kept it. Absent: that of the definition. */
  remainingOf?: number;
  /** Reason of the last bad end. */
  lastBad?: string;
  /** What it was due by before edits, until then; not compared yet. Oldest first. */
  before?: FormerTiming[];
  /** When it was paused, until when; the one that holds is in the memo. Oldest first. */
  pauses?: { fromMs: number; untilMs: number }[];
  /** Nothing had begun for this time when it should have. */
  didNotFireMs?: number;
  /** The server does not take it: what it says. */
  refused?: string;
  /** Days of its zone, as an activity told them: a workflow does not ask for the rules of clocks, since it is replayed elsewhere. */
  days?: Day[];
}

// What an occurrence asks before it begins to work, and what it is answered (admission.ts). `contract/occurrence.ts` hands
// these on to whoever sends or keeps them. Moments are in milliseconds since the epoch.

import type { Overlap } from './definition.ts';

/** An occurrence as its schedule and the admission know it. */
export interface OccurrenceRef {
  workflowId: string;
  /** Of the first run of its chain: continued as new, or reset, it is the same one. */
  runId: string;
}

/** What an occurrence asks the admission. */
export interface EnterAsked extends OccurrenceRef {
  schedule: string;
  jobKey: string;
  maxPerJob: number | null;
  /** The smaller one of the definition's and the settings'. */
  maxGlobal: number | null;
  overlap: Overlap;
  priority: number;
  plannedMs: number;
  /** It does not care for the overlap policy and for limits. */
  force: boolean;
  /** Of the server's clock. */
  atMs: number;
}

/** Why an occurrence that has begun waits. `with`: some of those in its way, others each time where there are many. */
export type WaitsFor =
  | { for: 'job-key'; jobKey: string; limit: number; with: string[] }
  | { for: 'all-schedules'; limit: number; with: string[] }
  | { for: 'overlap'; with: string[] };

/** Why one that asked to enter is left out. */
export type NotLetIn =
  /** The one of that time is not over. */
  | { why: 'overlap'; with: string; sinceMs: number }
  /** It waited for an earlier one, and a newer one has taken its place. */
  | { why: 'replaced'; by: string };

export type Entered =
  | { enter: 'now' }
  | {
      enter: 'wait';
      waits: WaitsFor /** When to ask again, in milliseconds since the epoch. */;
      untilMs: number;
    }
  /** As before, and these are to be cancelled: the overlap policy says so. */
  | { enter: 'cancel-first'; waits: WaitsFor; cancel: OccurrenceRef[]; untilMs: number }
  | { enter: 'not'; because: NotLetIn };

/** An occurrence that was let in, or waits. */
export interface KnownOccurrence extends Omit<EnterAsked, 'atMs' | 'force'> {
  /** When it was let in, in milliseconds since the epoch. */
  enteredMs?: number;
  /** When it last asked. One in line that has not asked for three minutes is gone. */
  askedMs: number;
  waits?: WaitsFor;
  /** It was told to stop, for this one. */
  cancelledFor?: string;
}

import type { EnterAsked, OccurrenceRef, WaitsFor } from './occurrence.ts';

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

/** Input of `occurrences`. */
export interface OccurrencesInput {
  /** What goes along when it continues as new. */
  carried?: { known: KnownOccurrence[] };
}

/** Answer to the query `status` of `occurrences`. */
export interface OccurrencesStatus {
  known: KnownOccurrence[];
}

/** These are closed at the server, and did not say so. */
export type ClosedOccurrences = OccurrenceRef[];

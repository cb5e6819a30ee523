import type { KnownOccurrence } from '../domain/schedule/entry.ts';
import type { KeptAnswer } from './answers.ts';
import type { OccurrenceRef } from './occurrence.ts';

export type { KnownOccurrence } from '../domain/schedule/entry.ts';

/** Input of `occurrences`. */
export interface OccurrencesInput {
  /** What goes along when it continues as new. */
  carried?: { known: KnownOccurrence[]; answers?: KeptAnswer[] };
}

/** Answer to the query `status` of `occurrences`. */
export interface OccurrencesStatus {
  known: KnownOccurrence[];
}

/** These are closed at the server, and did not say so. */
export type ClosedOccurrences = OccurrenceRef[];

import type { KnownOccurrence } from '../domain/schedule/entry.ts';

export type { KnownOccurrence } from '../domain/schedule/entry.ts';

/** Input of `occurrences`. */
export interface OccurrencesInput {
  /** What goes along when it continues as new. */
  carried?: { known: KnownOccurrence[] };
}

/** Answer to the query `status` of `occurrences`. */
export interface OccurrencesStatus {
  known: KnownOccurrence[];
}

import type { TaskRef } from '../domain/task.ts';
import type { OccurrenceEnd, OccurrenceMemo, WaitsFor } from './occurrence.ts';

/** The occurrence of a schedule that the tag of a task names. Anybody can write a tag, so it is looked up. */
export interface TaskOccurrence {
  /** Its workflow id, as the tag has it. */
  workflowId: string;
  /** What the server knows of it; null: there is no such occurrence, or it was too long ago. */
  known: FoundOccurrence | null;
}

export interface FoundOccurrence {
  schedule: string;
  /** In milliseconds since the epoch. */
  plannedMs: number;
  /** Of its schedule; null: it has not begun. */
  timeZone: string | null;
  /** The task is the one that it made. `another`: it has made another one; `none`: it has none, or none yet. */
  task: 'this' | 'none' | { another: TaskRef };
  /** `lost`: its workflow was ended from outside. */
  phase: OccurrenceMemo['phase'] | 'lost';
  waits?: WaitsFor;
  ended?: OccurrenceEnd;
}

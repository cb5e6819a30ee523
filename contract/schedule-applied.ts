import type { Definition } from '../domain/schedule/definition.ts';
import type { Failure } from './errors.ts';

// What schedules are to be, and what is done so that they are.

export interface WantedSchedule {
  definition: Definition;
  /** Absent: as it is; a new one is not. */
  paused?: boolean;
  /** Why it is paused. */
  pauseNote?: string;
}

/** What is done, or would be done, with one schedule. `changed`: names of the fields that differ. */
export type Applied = { schedule: string } & (
  | { did: 'created' | 'unchanged' | 'deleted' | 'kept' }
  | { did: 'edited'; changed: string[] }
  /** `wanted`: what was to be done; it was not, or it is not known whether it was. */
  | { did: 'failed'; wanted: 'create' | 'edit' | 'delete'; failure: Failure }
);

export interface HowToApply {
  /** Nothing is done: the answer is what would be. */
  dryRun?: boolean;
  /** Those that are not wanted are deleted; else they are kept. */
  prune?: boolean;
  /** Told what would be done, before anything is. False: then nothing is, and the plan is the answer. */
  agree?(plan: readonly Applied[]): boolean;
  /** Told what became of each as soon as that is known. */
  tell?(done: Applied): void;
}

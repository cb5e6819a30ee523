import type { NotifierInput } from './notify.ts';
import type { OccurrenceInput, OccurrenceResult } from './occurrence.ts';
import type { OccurrencesInput } from './occurrences-input.ts';
import type { RunInput, RunResult } from './run.ts';
import type { ScheduleInput } from './schedule.ts';
import type { SchedulerInput } from './scheduler-input.ts';
import type { SemaphoreInput } from './semaphore-input.ts';

/** The workflows under the names by which the server knows them, with what they are given and return. */
export type Workflows = {
  scheduler: (input: SchedulerInput) => Promise<void>;
  runTask: (input: RunInput) => Promise<RunResult>;
  poolSemaphore: (input: SemaphoreInput) => Promise<void>;
  /** Keeps one schedule. */
  schedule: (input: ScheduleInput) => Promise<void>;
  /** One occurrence of a schedule. */
  scheduledRun: (input: OccurrenceInput) => Promise<OccurrenceResult>;
  /** Lets occurrences in. */
  occurrences: (input: OccurrencesInput) => Promise<void>;
  /** Tells people what needs them. */
  notifier: (input: NotifierInput) => Promise<void>;
};

export const SCHEDULER: keyof Workflows = 'scheduler';
export const RUN_TASK: keyof Workflows = 'runTask';
export const POOL_SEMAPHORE: keyof Workflows = 'poolSemaphore';
export const SCHEDULE: keyof Workflows = 'schedule';
export const SCHEDULED_RUN: keyof Workflows = 'scheduledRun';
export const OCCURRENCES: keyof Workflows = 'occurrences';
export const NOTIFIER: keyof Workflows = 'notifier';

import type { RunInput, RunResult } from './run.ts';
import type { SchedulerInput } from './scheduler-input.ts';
import type { SemaphoreInput } from './semaphore-input.ts';

/** The workflows under the names by which the server knows them, with what they are given and return. */
export type Workflows = {
  scheduler: (input: SchedulerInput) => Promise<void>;
  runTask: (input: RunInput) => Promise<RunResult>;
  poolSemaphore: (input: SemaphoreInput) => Promise<void>;
};

export const SCHEDULER: keyof Workflows = 'scheduler';
export const RUN_TASK: keyof Workflows = 'runTask';
export const POOL_SEMAPHORE: keyof Workflows = 'poolSemaphore';

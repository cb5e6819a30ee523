// The one barrel: a worker loads its workflows from a module that exports them by type name.
export { notifier } from './notifier/notifier.ts';
export { occurrences } from './occurrences/occurrences.ts';
export { poolSemaphore } from './pool/semaphore.ts';
export { runTask } from './run-task/run-task.ts';
export { schedule } from './schedule/schedule.ts';
export { scheduledRun } from './scheduled-run/scheduled-run.ts';
export { scheduler } from './scheduler/scheduler.ts';

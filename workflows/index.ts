// The one barrel: a worker loads its workflows from a module that exports them by type name.
export { poolSemaphore } from './pool/semaphore.ts';
export { runTask } from './run-task/run-task.ts';
export { schedule } from './schedule/schedule.ts';
export { scheduler } from './scheduler/scheduler.ts';

// The one barrel: a worker loads its workflows from a module that exports them by type name.
export { agentSemaphore } from './agent-semaphore.ts';
export { runTask } from './run-task.ts';
export { scheduler } from './scheduler.ts';

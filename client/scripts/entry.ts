import type { ConnectOptions, Scheduler } from './scheduler.ts';

// `tinyscheduler/client`. Whoever imports it has loaded next to nothing, and nothing has happened.

export { ConfigError } from '../../config/config.ts';
export { RefusedError } from '../../contract/api.ts';
export type { Attempt } from '../../contract/attempts.ts';
export {
  type ErrorCode,
  type ErrorFacts,
  type Failure,
  hasCode,
  SchedulerError,
} from '../../contract/errors.ts';
export type { EndedRun, Look, OpenTask, TaskFilter, TaskPhase } from '../../contract/listings.ts';
export type { HistoryLine, ScheduleLine, ScheduleShown } from '../../contract/schedule.ts';
export type { AgentStatus, Explanation, Status, TaskOutcome } from '../../contract/status.ts';
export type { Verdict, VerdictKind } from '../../domain/attempt/verdict.ts';
export type { Definition } from '../../domain/schedule/definition.ts';
export type { Task } from '../../domain/task.ts';
export type { TaskEnd, WaitOptions } from '../follow/ended.ts';
export type { FollowOptions, SchedulerEvent } from '../follow/events.ts';
export type { AddedOnce } from '../keys/add-once.ts';
export type { NewTaskInput, SchedulerClient, Selection } from '../scheduler-client.ts';
export * from './scheduler.ts';

/**
 * Connects to the scheduler: to Temporal at once, and to TinyTask when something needs it. Whoever connects closes.
 * @throws ConfigError @throws SchedulerError `temporal-unreachable` and its like, `another-scheduler`, `anothers-tinytask`
 */
export async function connectScheduler(options: ConnectOptions = {}): Promise<Scheduler> {
  const { connectDirectly } = await import('./connect-directly.ts');
  return connectDirectly(options);
}

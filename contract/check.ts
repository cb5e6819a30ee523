import type { ScheduleProblem } from './schedule.ts';
import type { AgentStatus, Problem, SchedulerState, ScheduleTrouble } from './status.ts';

// What a monitoring asks: is everything well, and if not, what is it.

/** What counts as too much; what is not given is not looked at. */
export interface CheckAsked {
  /** More tasks than these that wait in a pool for an agent are too many; blocked ones do not count. */
  mostWaiting?: number;
  /** In milliseconds; a task that waits for an agent, and was added longer ago, has waited too long. */
  oldestMs?: number;
  /** Cron or a timer makes the passes, so nobody lives between them. */
  withoutDaemon?: boolean;
  /** The queue of the only pool that the two above are about. */
  pool?: string;
}

/** By what is wrong, so that a monitoring can tell them apart. */
export type ScheduleAlert = `schedule-${ScheduleProblem['problem']}`;

/** Something that a person should look at. Times in milliseconds since the epoch. */
export type Alert =
  /** Nothing starts, or nothing starts of its own accord. */
  | { what: 'scheduler'; state: SchedulerState }
  /** A daemon lives, and its last pass is three loop intervals ago, or longer. */
  | { what: 'no-pass'; sinceMs: number }
  | { what: 'problem'; problem: Problem }
  | ({ what: ScheduleAlert } & ScheduleTrouble)
  /** So many schedules in trouble are not told of. */
  | { what: 'more-schedules'; count: number }
  /** An agent that is given nothing. */
  | { what: 'agent'; agent: AgentStatus }
  /** A pool of which a person has turned all agents off: one of them, since each tells the same. */
  | { what: 'pool-off'; queue: string; agent: AgentStatus }
  /** Tasks wait in a queue that no agent serves. */
  | { what: 'unserved'; queue: string; tasks: number }
  /** Open tasks with neither a queue nor an agent. */
  | { what: 'placeless'; tasks: number }
  | { what: 'parked' | 'interrupted'; taskIds: number[] }
  | { what: 'depth'; queue: string; waiting: number; most: number }
  | { what: 'age'; queue: string; taskId: number; addedMs: number; oldestMs: number };

export interface Checked {
  /** None: all is well. The worst first. */
  alerts: Alert[];
  /** What was looked at. */
  pools: number;
  agents: number;
  running: number;
  waiting: number;
}

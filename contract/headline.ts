import type { ClosedRun } from './attempts.ts';
import type { Deed } from './by-hand.ts';
import type { Failure } from './errors.ts';
import type { TaskPhase } from './listings.ts';
import type { PassReport } from './pass.ts';
import type { Problem, ScheduleTrouble } from './status.ts';

// What somebody needs first who was woken: is something wrong, since when, and what changed last. Times are milliseconds since
// the epoch; what is not known is null.

/** `notice`: a person has decided it, or should look at it when there is time. `wrong`: something does not work as it should. */
export type Level = 'ok' | 'notice' | 'wrong';

/** By what an agent is kept from taking work. */
export type StuckBy = 'cooling-down' | 'misconfigured' | 'held' | 'host';

/** Something that is not as usual. */
export type Condition =
  /** Nothing is known of what runs and waits. */
  | { what: 'unseen'; failure: Failure }
  /** TinyTask does not answer, or not as it should: which tasks wait is not known. */
  | { what: 'no-tinytask' }
  /** Nobody schedules, so nothing starts of its own accord. `work`: there are open tasks, or it is not known. */
  | { what: 'nobody'; neverStarted: boolean; work: boolean }
  /** The daemon lives and has not looked for work for too long. */
  | { what: 'no-pass'; sinceMs: number }
  /** So many workflows do not get on. */
  | { what: 'workflows-stuck'; count: number }
  /**
   * Agents that cannot take work though nobody has turned them off. `by`: how many for which reason. `wanted`: tasks wait for
   * a slot, or have one and no goose host takes them.
   */
  | {
      what: 'agents-stuck';
      count: number;
      of: number;
      by: Partial<Record<StuckBy, number>>;
      wanted: boolean;
      sinceMs?: number;
    }
  /** Runs whose goose host is gone, or that were ended from outside. */
  | { what: 'lost'; count: number; sinceMs?: number }
  /** Tasks have a slot and no goose host has taken them, the first since then: none is there, or all are full. */
  | { what: 'no-host'; count: number; sinceMs: number }
  /** Tasks could start, slots are free, and nothing has started them since then. */
  | { what: 'not-started'; count: number; sinceMs: number }
  /** Tasks that no agent serves: of queues without one, or assigned to names that nobody has. `queues`: where all are of queues. */
  | { what: 'unserved'; tasks: number; queues: string[] }
  /** The scheduler as a whole is turned off by a person. */
  | { what: 'off'; how: 'paused' | 'agents-stopped' | 'disabled'; deed?: Deed }
  /** Agents that a person has paused or stopped. */
  | { what: 'agents-off'; count: number; of: number; deed?: Deed }
  /** Agents of which the budget, or that of their pool, is used up for today. */
  | { what: 'budget'; agents: number }
  | { what: 'parked'; tasks: number }
  /** Tasks with neither a queue nor an agent. */
  | { what: 'placeless'; tasks: number }
  /** Schedules in trouble. */
  | { what: 'schedules'; count: number; first?: ScheduleTrouble }
  /** People are to be notified, and the receiver has not taken it since then. */
  | { what: 'not-notified'; sinceMs: number }
  /** So many other problems, which `status` tells. */
  | { what: 'problems'; count: number; first: Problem };

/** What changed. */
export type Changed = { atMs: number } & (
  | {
      what: 'deed' /** Of the pool; null: all, or an agent without a pool. */;
      queue: string | null;
      deed: Deed;
    }
  /** A pass was made with other settings or agents than the one before it. `names`: of settings, and `agents`. */
  | { what: 'configuration'; names: string[] }
  /** Another version or build schedules: it was deployed. `builtMs`: when that was built, or installed. */
  | { what: 'build'; version: string; builtMs: number; by: string }
  /** Another process schedules: it was started again, or another host took over. */
  | { what: 'daemon'; by: string }
);

/** Runs that ended in the last hour. */
export interface EndedLastHour {
  total: number;
  /** Tasks that are not open any more: complete, or seldom archived. Null while TinyTask does not answer, as `others`. */
  completed: number | null;
  /** Runs that ended and left an open task, or were ended from outside. */
  others: number | null;
}

/** What came and went in the last hour. */
export interface Traffic {
  /** Null: too many to count, or TinyTask does not answer. */
  arrived: number | null;
  /** Null: too many to count. */
  ended: EndedLastHour | null;
}

export interface HeadlineCounts {
  /** Of the configuration. */
  agents: number;
  stuck: number;
  /** Turned off by a person. */
  agentsOff: number;
  running: number;
  /** Of all agents together. */
  slots: number;
  /** Open tasks that have no slot, by phase; null while TinyTask does not answer. */
  waiting: Partial<Record<TaskPhase, number>> | null;
  /** Open tasks without a slot that no other task keeps and that no attempt has left to rest; null as before. */
  waitingTotal: number | null;
  parked: number;
  /** Runs whose host is gone, and tasks whose run was ended from outside. */
  lost: number;
}

/** A task that waits, and when it was added. */
export interface Oldest {
  taskId: number;
  sinceMs: number;
}

/** What is read for it besides a look: what ended in the last hour, and the passes before the last one. */
export interface Recent {
  sinceMs: number;
  /** Null: too many. */
  ended: ClosedRun[] | null;
  /** Newest first. */
  passes: PassReport[];
}

export interface Headline {
  atMs: number;
  level: Level;
  /** The worst first. None: all is well. */
  conditions: Condition[];
  /** Since when the first of them holds. */
  sinceMs: number | null;
  /** What is wrong, as `status` tells it. */
  problems: readonly Problem[];
  /** Newest first, at most five. */
  changed: Changed[];
  arrivedLastHour: number | null;
  endedLastHour: EndedLastHour | null;
  /** Of the tasks that wait and are not blocked, the one that was added first. */
  oldestWaiting: Oldest | null;
  /** Of those that a free slot would start. */
  oldestReady: Oldest | null;
  /** Null: nothing is known. */
  counts: HeadlineCounts | null;
}

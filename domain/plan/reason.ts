import type { Budget } from '../budget.ts';

/**
 * Why a task is not started: the closed union that the planner, `explain`, the command line and the page
 * share. Times are milliseconds since the epoch.
 */
export type Reason =
  /** `agent`: the only one that may have it; null: any of the pool. */
  | { why: 'starting'; agent: string | null; queue: string | null }
  /** Its run is in line, and a slot is free. */
  | { why: 'slot-due' }
  | { why: 'running'; agent: string | null }
  | { why: 'backing-off'; agent: string | null }
  | { why: 'parked'; agent: string | null }
  | { why: 'working-elsewhere'; by: string | null }
  | { why: 'run-dying'; untilMs: number }
  | { why: 'blocked'; by: number }
  /** At most `IDS_SHOWN` ids; `more`: how many more there are, where there are. */
  | { why: 'cycle'; ids: number[]; more?: number }
  | { why: 'open-subtasks'; ids: number[]; more?: number }
  /** `stopped`: a person has stopped all agents; else the scheduler is paused. So with agents and pools. */
  | { why: 'scheduler-paused'; stopped?: true }
  | { why: 'scheduler-disabled' }
  | { why: 'unassigned' }
  /** The occurrence of a schedule that has made it, or whose tag it carries, has not given it away yet. Its workflow id. */
  | { why: 'not-released'; occurrence: string }
  | { why: 'legacy-unassigned' }
  | { why: 'no-agent-for-queue'; queue: string }
  | { why: 'unknown-agent'; agent: string }
  | Obstacle
  /**
   * `used`: those that have a slot, and those before it. `held`: of them, those that have one; fewer than `limit`: the others
   * are free still. A reason of an older version does not have it.
   */
  | { why: 'agent-full'; agent: string; used: number; held?: number; limit: number }
  | { why: 'pool-full'; queue: string; used: number; held?: number; limit: number }
  /** `more`: how many more agents of the pool can be given nothing, where there are. */
  | { why: 'pool-unavailable'; queue: string; obstacles: Obstacle[]; more?: number }
  | { why: 'starts-limited'; limit: number };

/** Why an agent is given nothing at all. */
export type Obstacle =
  | { why: 'limit-zero'; agent: string }
  | { why: 'agent-paused'; agent: string; stopped?: true }
  | { why: 'pool-paused'; queue: string; stopped?: true }
  /** The same trouble has taken so many of its agents. */
  | { why: 'pool-held'; queue: string; untilMs: number; reason: string; taken: number; trying?: true }
  /** Its semaphore was ended, or it comes from another pool. */
  | { why: 'agent-quiet'; agent: string }
  | { why: 'agent-cooling-down'; agent: string; untilMs: number; reason: string; probing?: true }
  | { why: 'agent-misconfigured'; agent: string; untilMs: number; reason: string; probing?: true }
  | { why: 'agent-budget'; agent: string; budget: BudgetFigures }
  | { why: 'pool-budget'; queue: string; budget: BudgetFigures };

/** Of a budget that is used up, in tokens. */
export interface BudgetFigures extends Budget {
  used: number;
  /** For attempts whose tokens nobody has told. */
  unknown: number;
  unknownAttempts: number;
  /** For what runs. */
  reserved: number;
  /** When its day is over. */
  untilMs: number;
}

/** A reason is kept in histories, and a cycle or a family of tasks may be of any size. */
const IDS_SHOWN = 20;
/** Ids as a reason has them. */
export function someOf(ids: readonly number[]): { ids: number[]; more?: number } {
  const more = ids.length - IDS_SHOWN;
  return { ids: ids.slice(0, IDS_SHOWN), ...(more > 0 && { more }) };
}

/** They go for each agent of a pool, so they are told once. */
const OF_POOL: readonly Reason['why'][] = ['pool-paused', 'pool-budget', 'pool-held'];

export function isOfPool({ why }: Reason): boolean {
  return OF_POOL.includes(why);
}

/** They are over by themselves, and soon: the day of a budget may go on for long. */
const PASSING: readonly Reason['why'][] = ['agent-cooling-down', 'agent-quiet', 'pool-held', 'not-released'];

/** Of the scheduler as a whole. They are told for the scheduler, so a task tells them only where nothing else keeps it. */
const OF_SCHEDULER: readonly Reason['why'][] = ['scheduler-paused', 'scheduler-disabled'];

/** Whether `later` is worth telling beside `now`: it holds when `now` is over, and somebody has to do something about it. */
function outlasts(later: Reason, now: Reason): boolean {
  // TinyTask sets a parent to complete with the last of its subtasks: nothing is left that could keep it.
  if (now.why === 'open-subtasks') return false;
  return !PASSING.includes(later.why) && !OF_SCHEDULER.includes(later.why) && later.why !== now.why;
}

/** Its run or somebody else has it, so what is said of the task itself does not decide yet. */
const IN_HAND: readonly Reason['why'][] = ['backing-off', 'parked', 'working-elsewhere', 'run-dying'];

export function isInHand({ why }: Reason): boolean {
  return IN_HAND.includes(why);
}

/** What will still hold when a reason is over, where something will. */
export function stillOf(reason: Reason, others: readonly Reason[]): { still?: Reason } {
  const still = others.find((other) => outlasts(other, reason));
  return still === undefined ? {} : { still };
}

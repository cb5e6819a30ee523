import type { Outcome } from './settle.ts';
import { meaningOfVerdict, type Verdict } from './verdict.ts';

/** What a task's attempts so far have come to. It outlives a run: the next run of the task starts from it. */
export interface Past {
  /** Number of the last attempt; numbers go on, so log names never repeat. */
  number: number;
  /** Attempts used of the set in force. */
  used: number;
  /** Workers lost in a row. */
  lost: number;
  /** Runs in a row that ended in order, but not with a complete task. */
  unfinished: number;
  /** Attempts in a row for which TinyTask could not be reached: each makes the pause longer, and none is used. */
  outages: number;
}

export function isSamePast(a: Past, b: Past): boolean {
  return (
    a.number === b.number &&
    a.used === b.used &&
    a.lost === b.lost &&
    a.unfinished === b.unfinished &&
    a.outages === b.outages
  );
}

export const NO_PAST: Past = { number: 0, used: 0, lost: 0, unfinished: 0, outages: 0 };

/** The past as an earlier version may have left it: what it did not count is 0. */
export function pastFrom(kept: Partial<Past>): Past {
  return { ...NO_PAST, ...kept };
}

export interface AttemptPolicy {
  maxAttempts: number;
  backOffMs: number;
  backOffMaxMs: number;
  maxWorkerLosses: number;
  maxRunsInARow: number;
}

/** What comes after an attempt. */
export type Follow =
  /** The run is over; if its task is still open, the planner decides afresh. */
  | { next: 'end' }
  /** Another attempt at once, as soon as a slot and a worker are there. */
  | { next: 'again' }
  | { next: 'back-off'; untilMs: number }
  | { next: 'park'; reason: string };

/** What an attempt makes of a task's past, and what comes next. */
export interface Decided {
  past: Past;
  follow: Follow;
}

/** Who asked for a cancelled run to stop. */
export type CancelledBy = 'person' | 'shutdown' | 'stop-agents';

/**
 * What follows a verdict (docs/operations.md lists it). `past` is the state before this attempt's verdict but with
 * its number; the returned one includes it.
 */
export function follow(
  past: Past,
  { verdict, cancelledBy }: { verdict: Verdict; cancelledBy?: CancelledBy | undefined },
  policy: AttemptPolicy,
  nowMs: number,
): Decided {
  const inReach = { ...past, lost: 0, outages: 0 };
  switch (meaningOfVerdict(verdict.kind).follows) {
    case 'end':
      return { past: inReach, follow: { next: 'end' } };
    // It is never parked: an outage mends itself.
    case 'wait': {
      const outages = past.outages + 1;
      return { past: { ...past, lost: 0, outages }, follow: backOffAfter(outages, policy, nowMs) };
    }
    // One set of attempts, one bound, and one `retry` for all failures of the task.
    case 'attempt-used': {
      // A set that is used up was parked; its run was ended from outside, so this run has a new one.
      const used = (past.used < policy.maxAttempts ? past.used : 0) + 1;
      const after = { ...inReach, used };
      if (used < policy.maxAttempts) return { past: after, follow: backOffAfter(used, policy, nowMs) };
      return {
        past: after,
        follow: park(`attempt ${used} of ${policy.maxAttempts} failed: ${verdict.reason}`),
      };
    }
    case 'park':
      return { past: inReach, follow: park(verdict.reason) };
    case 'again': {
      const lost = past.lost + 1;
      const after = { ...past, lost };
      if (lost < policy.maxWorkerLosses) return { past: after, follow: { next: 'again' } };
      return { past: after, follow: park(`it lost its worker ${lost} times in a row: ${verdict.reason}`) };
    }
    case 'cancelled':
      return { past, follow: cancelledBy === 'person' ? park('cancelled by hand') : { next: 'again' } };
  }
}

/** @param reason as a clause for people */
function park(reason: string): Follow {
  return { next: 'park', reason };
}

function backOffAfter(times: number, policy: AttemptPolicy, nowMs: number): Follow {
  return { next: 'back-off', untilMs: nowMs + pauseMs(times, policy) };
}

/** Twice as long after each failure of the same kind. @param times from 1 */
export function pauseMs(times: number, { backOffMs, backOffMaxMs }: AttemptPolicy): number {
  return Math.min(backOffMs * 2 ** (times - 1), backOffMaxMs);
}

/** What follows once it is known what became of the task: a fact about the task outranks the verdict. */
export function followOutcome(decided: Decided, outcome: Outcome, policy: AttemptPolicy): Decided {
  switch (outcome.task) {
    case 'complete':
    case 'gone':
      return { past: { ...NO_PAST, number: decided.past.number }, follow: { next: 'end' } };
    case 'put-back':
    case 'not-done':
      return decided.follow.next === 'end' ? unfinished(decided.past, policy, outcome.task) : decided;
    case 'handed-off':
      return unfinished(decided.past, policy, outcome.task);
    case 'returned':
    case 'untouched':
      return decided;
  }
}

function unfinished(past: Past, policy: AttemptPolicy, how: string): Decided {
  const count = past.unfinished + 1;
  const after = { ...NO_PAST, number: past.number, unfinished: count };
  if (count < policy.maxRunsInARow) return { past: after, follow: { next: 'end' } };
  return { past: after, follow: park(`${count} runs in a row ended without completing it (last: ${how})`) };
}

/** After `retry`: a full set of attempts again; only the numbers go on. */
export function forgiven(past: Past): Past {
  return { ...NO_PAST, number: past.number };
}

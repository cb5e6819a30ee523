import type { Reason } from '../plan/reason.ts';

/** Whether a reason holds until somebody does something about it, or for nobody knows how long. */
export function isLasting(reason: Reason): boolean {
  switch (reason.why) {
    case 'starting':
    case 'slot-due':
    case 'running':
    case 'starts-limited':
    case 'agent-full':
    case 'pool-full':
    case 'backing-off':
    case 'run-dying':
    case 'agent-cooling-down':
    case 'pool-held':
    case 'open-subtasks':
      return false;
    // Its day passes, but of nothing there is nothing on the next day either.
    case 'agent-budget':
    case 'pool-budget':
      return reason.budget.tokensPerDay === 0;
    case 'blocked':
      return reason.by === 0;
    // More agents than are told of may be among them: playing it shows whether one can.
    case 'pool-unavailable':
      return reason.more === undefined && reason.obstacles.every(isLasting);
    case 'parked':
    case 'working-elsewhere':
    case 'cycle':
    case 'scheduler-paused':
    case 'scheduler-disabled':
    case 'unassigned':
    // In a moment, as a rule; but to whom it is given then is not known.
    case 'not-released':
    case 'legacy-unassigned':
    case 'no-agent-for-queue':
    case 'unknown-agent':
    case 'limit-zero':
    case 'agent-paused':
    case 'pool-paused':
    case 'agent-quiet':
    case 'agent-misconfigured':
      return true;
  }
}

import type { Whose } from '../semaphore-id.ts';
import { endsOfChains } from './chain.ts';
import type { Standing } from './decision.ts';
import { placeOf } from './place.ts';
import type { BudgetFigures, Obstacle, Reason } from './reason.ts';

/** One change that takes a reason away. */
export type Remedy =
  | { do: 'enable' }
  /** `stopped`: it undoes a stop of agents; else a pause. */
  | { do: 'resume'; stopped?: true }
  | { do: 'resume-agent'; agent: string; stopped?: true }
  | { do: 'resume-queue'; queue: string; stopped?: true }
  | { do: 'retry'; taskId: number }
  | { do: 'run-now'; taskId: number }
  /** `more`: so many beyond these ids. */
  | { do: 'complete'; taskIds: number[]; more?: number }
  /** The task is to wait for no other one. */
  | { do: 'unblock'; taskId: number }
  /** So many slots become free, or are added. */
  | { do: 'free-slots'; whose: Whose; count: number }
  | { do: 'give-slots'; agent: string }
  | { do: 'give-queue-or-agent'; taskId: number }
  | { do: 'add-agent-for-queue'; queue: string }
  | { do: 'add-agent'; agent: string }
  | { do: 'write-control-file' }
  | { do: 'mend-agent'; agent: string; reason: string }
  /** Of a day, to more than `above` tokens. */
  | { do: 'raise-budget'; whose: Whose; above: number }
  /** It goes on by itself, in milliseconds since the epoch; null: soon, and nobody knows when. */
  | { do: 'wait'; untilMs: number | null }
  /** Somebody has to schedule: a daemon, or one pass. */
  | { do: 'start-daemon' };

/** Any one of these is enough. */
export type Need = Remedy[];

/** What takes the first reason of a task away; the first remedy is the one with the least doubt. */
export function remediesFor(
  standing: Standing,
  reason: Reason,
  standings: ReadonlyMap<number, Standing>,
): Need {
  const { taskId } = standing;
  switch (reason.why) {
    case 'starting':
    case 'slot-due':
    case 'running':
    case 'starts-limited':
    case 'agent-quiet':
      return [{ do: 'wait', untilMs: null }];
    case 'backing-off':
      return [
        { do: 'wait', untilMs: null },
        { do: 'retry', taskId },
      ];
    case 'parked':
    case 'working-elsewhere':
      return [{ do: 'retry', taskId }];
    case 'run-dying':
      return [{ do: 'wait', untilMs: reason.untilMs }];
    case 'blocked':
      return forBlocked(taskId, reason.by, standings);
    case 'cycle':
      return [{ do: 'unblock', taskId }];
    case 'open-subtasks':
      return [{ do: 'complete', taskIds: reason.ids, ...(reason.more && { more: reason.more }) }];
    case 'scheduler-paused':
      return [{ do: 'resume', ...(reason.stopped && { stopped: true }) }];
    case 'scheduler-disabled':
      return [{ do: 'enable' }];
    case 'unassigned':
      return [{ do: 'give-queue-or-agent', taskId }];
    case 'not-released':
      return [
        { do: 'wait', untilMs: null },
        { do: 'give-queue-or-agent', taskId },
      ];
    case 'legacy-unassigned':
      return [{ do: 'write-control-file' }];
    case 'no-agent-for-queue':
      return [{ do: 'add-agent-for-queue', queue: reason.queue }];
    case 'unknown-agent':
      return [{ do: 'add-agent', agent: reason.agent }];
    case 'agent-full':
      return forFull(taskId, { agent: reason.agent }, standings);
    case 'pool-full':
      return forFull(taskId, { queue: reason.queue }, standings);
    case 'pool-unavailable':
      return reason.obstacles.flatMap(forObstacle);
    case 'limit-zero':
    case 'agent-paused':
    case 'pool-paused':
    case 'pool-held':
    case 'agent-cooling-down':
    case 'agent-misconfigured':
    case 'agent-budget':
    case 'pool-budget':
      return forObstacle(reason);
  }
}

function forObstacle(obstacle: Obstacle): Need {
  switch (obstacle.why) {
    case 'limit-zero':
      return [{ do: 'give-slots', agent: obstacle.agent }];
    case 'agent-paused':
      return [{ do: 'resume-agent', agent: obstacle.agent, ...(obstacle.stopped && { stopped: true }) }];
    case 'pool-paused':
      return [{ do: 'resume-queue', queue: obstacle.queue, ...(obstacle.stopped && { stopped: true }) }];
    case 'pool-held':
      if (obstacle.trying) return [{ do: 'wait', untilMs: null }];
      return [
        { do: 'wait', untilMs: obstacle.untilMs },
        { do: 'resume-queue', queue: obstacle.queue },
      ];
    case 'agent-quiet':
      return [{ do: 'wait', untilMs: null }];
    case 'agent-cooling-down':
    case 'agent-misconfigured':
      if (obstacle.probing) return [{ do: 'wait', untilMs: null }];
      if (obstacle.why === 'agent-misconfigured')
        return [{ do: 'mend-agent', agent: obstacle.agent, reason: obstacle.reason }];
      return [
        { do: 'wait', untilMs: obstacle.untilMs },
        { do: 'resume-agent', agent: obstacle.agent },
      ];
    case 'agent-budget':
      return forBudget({ agent: obstacle.agent }, obstacle.budget);
    case 'pool-budget':
      return forBudget({ queue: obstacle.queue }, obstacle.budget);
  }
}

function forBudget(whose: Whose, { used, unknown, reserved, untilMs }: BudgetFigures): Need {
  return [
    { do: 'raise-budget', whose, above: used + unknown + reserved },
    { do: 'wait', untilMs },
  ];
}

/** Its blocker is complete, or what that one hangs on gets on. */
function forBlocked(taskId: number, by: number, standings: ReadonlyMap<number, Standing>): Need {
  if (by === 0) return [{ do: 'unblock', taskId }];
  const root = endsOfChains(standings)(taskId);
  const [first] = standings.get(root)?.reasons ?? [];
  const isStopped = first?.why === 'parked' || first?.why === 'working-elsewhere';
  return [{ do: 'complete', taskIds: [by] }, ...(isStopped ? [{ do: 'retry', taskId: root } as const] : [])];
}

function forFull(taskId: number, whose: Whose, standings: ReadonlyMap<number, Standing>): Need {
  const place = placeOf(standings, taskId)?.place ?? 1;
  return [
    { do: 'free-slots', whose, count: place },
    { do: 'run-now', taskId },
  ];
}

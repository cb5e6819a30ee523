import type { PoolsStatus } from '../../contract/listings.ts';
import { sayProblems } from '../../words/problem.ts';
import { budgetJson } from './budget.ts';
import { holdJson } from './hold.ts';
import { isoTime } from './iso-time.ts';

/** The pools as one JSON object, times in ISO 8601. */
export function poolsJson({ scheduler, ...answer }: PoolsStatus): Record<string, unknown> {
  const { pools, placeless, mode, problems } = answer;
  return {
    ...{ scheduler, mode },
    pools: pools.map(({ queue, agents, held, limit, paused, hold, line, waiting, ...pool }) => ({
      ...{ pool: queue, agents, held, limit, paused, stopped: pool.stopped === true, line, waiting },
      ...(hold && { hold: holdJson(hold) }),
      unassigned: pool.unassigned,
      blocked: pool.blocked,
      oldest: pool.oldest && { task_id: pool.oldest.taskId, added: isoTime(pool.oldest.addedMs) },
      arrived_last_hour: pool.arrived,
      ended_last_hour: pool.ended,
      ...(pool.budget && { budget: budgetJson(pool.budget) }),
    })),
    placeless,
    problems: sayProblems(problems),
  };
}

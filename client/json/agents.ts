import type { AgentsStatus } from '../../contract/listings.ts';
import { sayAgent } from '../../words/agent.ts';
import { sayProblems } from '../../words/problem.ts';
import { writtenRules } from '../../words/run-rules.ts';
import { budgetJson } from './budget.ts';
import { holdJson } from './hold.ts';
import { isoTime } from './iso-time.ts';
import { snakeKeys } from './snake-keys.ts';

/** The agents as one JSON object, times in ISO 8601. */
export function agentsJson({ scheduler, agents, problems }: AgentsStatus): Record<string, unknown> {
  return {
    scheduler,
    agents: agents.map((agent) => {
      const { name, queue, held, limit, waiting, paused, poolPaused, poolHold, health, runs } = agent;
      return {
        ...{ name, pool: queue, held, limit, waiting },
        paused: paused || poolPaused,
        stopped: agent.stopped === true || agent.poolStopped === true,
        ...(agent.leaving && { leaving: true }),
        ...(poolHold && { pool_hold: holdJson(poolHold) }),
        health: health.state,
        ...(health.state === 'well'
          ? {}
          : { reason: health.reason, until: isoTime(health.untilMs), probing: health.probing === true }),
        rules: snakeKeys(writtenRules(agent.rules)),
        ...(agent.budget && { budget: budgetJson(agent.budget) }),
        runs: runs.map(({ taskId, host, state }) => ({ task_id: taskId, host, state })),
        says: sayAgent(agent),
      };
    }),
    problems: sayProblems(problems),
  };
}

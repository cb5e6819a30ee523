import type { Agent } from '../../api/shapes.ts';
import type { SchedulerNow } from '../../live/store.ts';
import { budgetToday } from '../../parts/agent-state.ts';

/** What keeps an agent from starting anything however many slots it has, as a clause; null: nothing does. */
export function keptFrom(agent: Agent, now: Pick<SchedulerNow, 'paused' | 'stopped'> | null): string | null {
  if (now?.stopped) return 'all agents are stopped';
  if (now?.paused) return 'everything is paused';
  if (agent.stopped) return 'it is stopped';
  if (agent.paused) return 'it is paused';
  if (agent.leaving) return 'it is leaving';
  if (agent.pool_hold !== undefined) return 'its pool is held';
  if (agent.health !== 'well' && agent.probing) return 'it is tried with one task';
  if (agent.health === 'misconfigured') return 'it cannot run';
  if (agent.health === 'cooling-down') return 'it cools down';
  return budgetToday(agent.budget)?.today?.used_up === true ? 'its budget is used up' : null;
}

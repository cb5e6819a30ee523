import type { Agent } from '../../api/shapes.ts';
import type { SchedulerNow } from '../../live/store.ts';
import type { Kind } from '../../parts/mark.tsx';

/** What an agent can do now, the strongest first: as a mark. */
export function stateOf(agent: Agent): { kind: Kind; word: string } {
  if (agent.stopped) return { kind: 'off', word: 'stopped' };
  if (agent.paused) return { kind: 'off', word: 'paused' };
  if (agent.leaving) return { kind: 'over', word: 'leaving' };
  if (agent.pool_hold !== undefined) return { kind: 'wrong', word: 'its pool is held' };
  if (agent.health === 'misconfigured') return { kind: 'wrong', word: 'cannot run' };
  if (agent.health === 'cooling-down')
    return agent.probing ? { kind: 'waits', word: 'is tried again' } : { kind: 'waits', word: 'cools down' };
  if (isSpent(agent.budget)) return { kind: 'waits', word: 'budget used up' };
  if (agent.limit === 0) return { kind: 'off', word: 'no slots' };
  if (agent.held >= agent.limit) return { kind: 'busy', word: 'all slots taken' };
  return agent.held > 0 ? { kind: 'busy', word: 'works' } : { kind: 'good', word: 'ready' };
}

/** Whether somebody should look at it: it cannot work, and no person wants that. */
export function isUnwell(agent: Agent): boolean {
  return agent.health !== 'well' || agent.pool_hold !== undefined || isSpent(agent.budget);
}

/** What keeps an agent from starting anything however many slots it has, as a clause; null: nothing does. */
export function keptFrom(agent: Agent, now: Pick<SchedulerNow, 'paused' | 'stopped'> | null): string | null {
  if (now?.stopped) return 'all agents are stopped';
  if (now?.paused) return 'everything is paused';
  if (agent.stopped) return 'it is stopped';
  if (agent.paused) return 'it is paused';
  if (agent.leaving) return 'it is leaving';
  if (agent.pool_hold !== undefined) return 'its pool is held';
  if (agent.health === 'misconfigured') return 'it cannot run';
  if (agent.health === 'cooling-down') return agent.probing ? 'it is tried with one task' : 'it cools down';
  return isSpent(agent.budget) ? 'its budget is used up' : null;
}

interface Day {
  used?: number | null;
  unknown?: number | null;
  reserved?: number | null;
  until?: string | null;
  used_up?: boolean;
}

/** What was taken of a budget today; undefined: there is none. Its parts are null where nobody knows them. */
export function budgetToday(
  budget: Agent['budget'],
): { limit: number | null; today: Day | null } | undefined {
  if (budget === undefined) return undefined;
  return { limit: budget.tokens_per_day, today: (budget.today ?? null) as Day | null };
}

function isSpent(budget: Agent['budget']): boolean {
  return budgetToday(budget)?.today?.used_up === true;
}

/** Which agents the filters mean. `state`: `unwell`, `off`, or none for all. */
export function chosen(
  agents: readonly Agent[],
  { find = '', state = '' }: { find?: string; state?: string },
): Agent[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  return agents.filter((agent) => {
    if (state === 'unwell' && !isUnwell(agent)) return false;
    if (state === 'off' && !agent.paused && !agent.stopped) return false;
    const text = `${agent.name} ${agent.pool ?? ''} ${agent.says}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

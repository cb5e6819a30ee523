import type { Agent, AgentState } from '../api/shapes.ts';
import type { Kind } from './mark.tsx';

/** What an agent is, for who looks for it. `off`: a person wants it so; `unwell`: it cannot take work, and nobody wants that. */
export type AgentIs = 'leaving' | 'off' | 'unwell' | 'busy' | 'free';

export interface AgentWord {
  is: AgentIs;
  kind: Kind;
  word: string;
}

/** As any answer or event tells of it. */
export type ToldAgent = Pick<
  Agent & AgentState,
  'stopped' | 'paused' | 'leaving' | 'pool_hold' | 'health' | 'budget' | 'limit' | 'held'
> & { held_pool?: boolean; probing?: boolean | undefined };

/** How an agent is; the first that holds decides. All views count by this. */
export function agentWord(agent: ToldAgent): AgentWord {
  if (agent.stopped) return { is: 'off', kind: 'off', word: 'stopped' };
  if (agent.paused) return { is: 'off', kind: 'off', word: 'paused' };
  if (agent.leaving) return { is: 'leaving', kind: 'over', word: 'leaving' };
  if (agent.held_pool ?? agent.pool_hold !== undefined)
    return { is: 'unwell', kind: 'wrong', word: 'its pool is held' };
  if (agent.health !== 'well' && agent.probing)
    return { is: 'unwell', kind: 'waits', word: 'is tried again' };
  if (agent.health === 'misconfigured') return { is: 'unwell', kind: 'wrong', word: 'cannot run' };
  if (agent.health === 'cooling-down') return { is: 'unwell', kind: 'waits', word: 'cools down' };
  if (isSpent(agent.budget)) return { is: 'unwell', kind: 'waits', word: 'budget used up' };
  if (agent.limit === 0) return { is: 'off', kind: 'off', word: 'no slots' };
  if (agent.held >= agent.limit) return { is: 'busy', kind: 'busy', word: 'all slots taken' };
  return agent.held > 0
    ? { is: 'busy', kind: 'busy', word: 'works' }
    : { is: 'free', kind: 'good', word: 'ready' };
}

/** Whether somebody should look at it. */
export function isUnwell(agent: ToldAgent): boolean {
  return agentWord(agent).is === 'unwell';
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

/** Until an event tells it, one of a day that is over may still be here. */
function isSpent(budget: Agent['budget']): boolean {
  const today = budgetToday(budget)?.today;
  const isOver = today?.until != null && Date.parse(today.until) <= Date.now();
  return today?.used_up === true && !isOver;
}

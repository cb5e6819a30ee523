import type { Agent, AgentState } from '../../api/shapes.ts';
import type { Kind } from '../../parts/mark.tsx';

/** What an agent is, for who looks for it. */
export type AgentIs = 'leaving' | 'off' | 'unwell' | 'busy' | 'free';

export interface AgentWord {
  is: AgentIs;
  kind: Kind;
  word: string;
}

/** Events tell of a hold in short. */
type Told = AgentState & { held_pool?: boolean };

/** How an agent is; the first that holds decides, as in `status`. */
export function agentWord(agent: Told): AgentWord {
  if (agent.leaving) return { is: 'leaving', kind: 'over', word: 'leaving' };
  if (agent.stopped) return { is: 'off', kind: 'off', word: 'stopped' };
  if (agent.paused) return { is: 'off', kind: 'off', word: 'paused' };
  if (agent.held_pool ?? agent.pool_hold !== undefined)
    return { is: 'unwell', kind: 'wrong', word: 'pool is held' };
  if (agent.health === 'misconfigured') return { is: 'unwell', kind: 'wrong', word: 'cannot run' };
  if (agent.health === 'cooling-down') return { is: 'unwell', kind: 'wrong', word: 'cools down' };
  if (agent.limit === 0) return { is: 'off', kind: 'off', word: 'no slots' };
  if (agent.held === 0) return { is: 'free', kind: 'good', word: 'free' };
  return { is: 'busy', kind: 'busy', word: agent.held < agent.limit ? 'has room' : 'full' };
}

/** Why it is so, as the API says it; undefined: it is as usual, or what is known tells of another state. */
export function sayWhyState(agent: Told, detail: Agent | undefined): string | undefined {
  const { is } = agentWord(agent);
  if (is === 'busy' || is === 'free') return sayBudget(detail);
  const fits =
    detail !== undefined &&
    detail.health === agent.health &&
    detail.paused === agent.paused &&
    detail.stopped === agent.stopped;
  return fits ? detail.says : agent.health === 'well' ? undefined : agent.reason;
}

/** Of one that may work only budgets are told. */
function sayBudget(detail: Agent | undefined): string | undefined {
  return detail?.budget === undefined ? undefined : detail.says;
}

import type { Agent, AgentState } from '../../api/shapes.ts';
import { agentWord } from '../../parts/agent-state.ts';

/** Why an agent is as it is, as the API says it; undefined: it is as usual, or what is known tells of another state. */
export function sayWhyState(
  agent: AgentState & { held_pool?: boolean },
  detail: Agent | undefined,
): string | undefined {
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

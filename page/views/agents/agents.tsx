import { address } from '../../address/address.ts';
import type { Agents } from '../../api/shapes.ts';
import { useResource } from '../../live/resource.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { Ago } from '../../parts/time.tsx';
import { AgentList } from './agent-list.tsx';
import { OneAgent } from './one-agent.tsx';
import './agents.css';

/** All agents, or one: limits, health, budgets, where they work, and what can be done with them. */
export function AgentsView() {
  const { now } = useResource<Agents>('/api/agents');
  const [, name] = address.value.path;
  const { answer, problem, atMs } = now.value;
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      {problem && atMs !== null && (
        <p class="quiet">
          What follows is as it was <Ago at={new Date(atMs).toISOString()} />.
        </p>
      )}
      {answer === undefined ? (
        !problem && <p class="empty">The agents are asked for …</p>
      ) : name === undefined ? (
        <AgentList all={answer.agents} />
      ) : (
        <OneAgent
          key={name}
          name={name}
          agent={answer.agents.find((each) => each.name === name)}
          known={answer.agents}
        />
      )}
    </>
  );
}

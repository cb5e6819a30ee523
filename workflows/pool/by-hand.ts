import { complaintAbout } from '../../contract/complaint.ts';
import { pause, resume, setLimit } from '../../contract/messages.ts';
import { semaphoreName } from '../../domain/semaphore-id.ts';
import type { AgentSlots } from '../../domain/slots/agent-slots.ts';
import { tryAgain } from '../../domain/slots/give-back.ts';
import { agentOf } from '../../domain/slots/pool.ts';
import { heed } from '../sdk/heed.ts';
import type { SemaphoreState } from './semaphore-state.ts';

/** Handles what people send to a semaphore. Whoever sends something wrong finds a complaint in the memo. */
export function handleHands(state: SemaphoreState): void {
  const { pool } = state;
  heed(
    pause,
    (given) =>
      onAgent(state, pause, given, (agent) => {
        (agent ?? pool).paused = true;
      }),
    complainer(state, pause),
  );
  heed(
    resume,
    (given) =>
      onAgent(state, resume, given, (agent) => {
        (agent ?? pool).paused = false;
        tryAgain(pool, agent ? [agent.name] : state.agentNames, Date.now());
      }),
    complainer(state, resume),
  );
  heed(
    setLimit,
    (limit, given) =>
      onAgent(state, setLimit, given, (agent) => {
        for (const each of agent ? [agent] : pool.agents) each.limitByHand = limit;
      }),
    complainer(state, setLimit),
  );
}

type Signal = { name: string };

/**
 * Acts on the agent that was named; undefined: all of the pool is meant. At an agent's own semaphore that agent need not be
 * named.
 */
function onAgent(
  state: SemaphoreState,
  signal: Signal,
  given: string | undefined,
  act: (agent: AgentSlots | undefined) => void,
): void {
  const name = semaphoreName(state.semaphore);
  const named = given ?? ('agent' in name ? name.agent : undefined);
  const agent = named === undefined ? undefined : agentOf(state.pool, named);
  if (named !== undefined && agent === undefined) {
    const there = state.agentNames.slice(0, 20).join(', ') || 'none';
    complainer(state, signal)(given, `has no agent of this name (its agents: ${there})`);
    return;
  }
  state.record(() => {
    act(agent);
    state.complain(signal);
  });
}

function complainer(state: SemaphoreState, signal: Signal) {
  return (content: unknown, problem: string): void =>
    state.record(() => {
      const to = titleOf(state.semaphore);
      state.complain(signal, complaintAbout({ signal: signal.name, to, content, problem }, Date.now()));
    });
}

function titleOf(semaphore: string): string {
  const name = semaphoreName(semaphore);
  return 'queue' in name ? `pool ${name.queue}` : `agent ${name.agent}`;
}

import { type DeedKind, type Note, withDeed } from '../../contract/by-hand.ts';
import { complaintAbout } from '../../contract/complaint.ts';
import { pause, resume, setLimit, startAgents, stopAgents } from '../../contract/messages.ts';
import { semaphoreName } from '../../domain/semaphore-id.ts';
import { type AgentSlots, setStopped } from '../../domain/slots/agent-slots.ts';
import { tryAgain } from '../../domain/slots/give-back.ts';
import { agentOf, type Pool } from '../../domain/slots/pool.ts';
import { sayStoppedBy } from '../../words/deed.ts';
import { heed } from '../sdk/heed.ts';
import type { SemaphoreState } from './semaphore-state.ts';

/** Handles what people send to a semaphore. Whoever sends something wrong finds a complaint in the memo. */
export function handleHands(state: SemaphoreState): void {
  const { pool } = state;
  const turned: Turned = (...about) => turning(state, ...about);
  heed(
    pause,
    turned(pause, (what) => {
      what.paused = true;
    }),
    complainer(state, pause),
  );
  heed(
    resume,
    turned(resume, (what, names) => {
      what.paused = false;
      tryAgain(pool, names, Date.now());
    }),
    complainer(state, resume),
  );
  heed(
    stopAgents,
    turned(stopAgents, (what, names, note) => {
      setStopped(what, true);
      state.stopHolders(names, sayStoppedBy(note));
    }),
    complainer(state, stopAgents),
  );
  heed(
    startAgents,
    turned(startAgents, (what, names) => {
      setStopped(what, false);
      tryAgain(pool, names, Date.now());
    }),
    complainer(state, startAgents),
  );
  heed(
    setLimit,
    (limit, given, note) =>
      onAgent(state, { signal: setLimit, given, note }, (agent) => {
        for (const each of agent ? [agent] : pool.agents) each.limitByHand = limit;
      }),
    complainer(state, setLimit),
  );
}

/** Turns the pool as a whole, or the agent that is named. `names`: the agents that it is about. */
type Turn = (what: Pool | AgentSlots, names: string[], note: Note | undefined) => void;
type Turned = (signal: Signal, turn: Turn) => (given: string | undefined, note: Note | undefined) => void;

function turning(state: SemaphoreState, signal: Signal, turn: Turn): ReturnType<Turned> {
  return (given, note) =>
    onAgent(state, { signal, given, note }, (agent) =>
      turn(agent ?? state.pool, agent ? [agent.name] : state.agentNames, note),
    );
}

type Signal = { name: string };

interface Said {
  signal: Signal;
  /** The agent that was named. */
  given: string | undefined;
  note: Note | undefined;
}

/**
 * Acts on the agent that was named; undefined: all of the pool is meant. At an agent's own semaphore that agent need not be
 * named.
 */
function onAgent(
  state: SemaphoreState,
  { signal, given, note }: Said,
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
    const about = agent === undefined ? {} : { agent: agent.name };
    const did = signal.name as DeedKind;
    state.deeds = withDeed(state.deeds, { did, ...about, ...note, atMs: Date.now() });
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

import type { AgentLine } from '../plan/agent-line.ts';
import type { PlanInput } from '../plan/input.ts';
import { WELL } from '../slots/health.ts';

/** What somebody might do with the agents. */
export type Change =
  | { do: 'pause'; agent: string }
  /** As `resume --agent`: an agent that is unwell is tried at once, too. What was stopped stays so. */
  | { do: 'resume'; agent: string }
  /** As `agents set-limit`. */
  | { do: 'limit'; agent: string; slots: number }
  /** It is taken out of the configuration: it finishes what it has. */
  | { do: 'remove'; agent: string }
  /** It is added to the configuration. */
  | { do: 'add'; agent: string; queue: string; slots: number };

/** The same input with one change after the other made. The agents that are named are there, but for those that are added. */
export function withChanges(input: PlanInput, changes: readonly Change[]): PlanInput {
  return changes.reduce(withChange, input);
}

function withChange(input: PlanInput, change: Change): PlanInput {
  const { agents, nowMs } = input;
  const isMeant = ({ name }: AgentLine) => name === change.agent;
  const turned = (turn: (agent: AgentLine) => AgentLine): PlanInput => {
    return { ...input, agents: agents.map((agent) => (isMeant(agent) ? turn(agent) : agent)) };
  };
  switch (change.do) {
    case 'pause':
      return turned((agent) => ({ ...agent, paused: true }));
    case 'resume':
      return turned((agent) => ({ ...agent, paused: false, health: triedAt(agent, nowMs) }));
    case 'limit':
      return turned((agent) => ({ ...agent, limit: change.slots, limitByHand: change.slots }));
    case 'remove':
      return { ...input, agents: agents.filter((agent) => !isMeant(agent)) };
    case 'add':
      return { ...input, agents: [...agents, newLine(change, agents)] };
  }
}

/** As tryAgain of slots/give-back.ts. */
function triedAt({ health }: AgentLine, nowMs: number): AgentLine['health'] {
  return health.state === 'well' ? health : { ...health, untilMs: Math.min(health.untilMs, nowMs) };
}

/** A pool that is paused or stopped as a whole is so for a new agent, too. */
function newLine({ agent, queue, slots }: Change & { do: 'add' }, agents: readonly AgentLine[]): AgentLine {
  const mate = agents.find((each) => each.queue === queue);
  return {
    ...{ name: agent, queue, limit: slots, limitByHand: null, paused: false, quiet: false, health: WELL },
    poolPaused: mate?.poolPaused ?? false,
    ...(mate?.poolStopped && { poolStopped: true }),
  };
}

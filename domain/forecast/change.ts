import type { AgentLine, PoolHold } from '../plan/agent-line.ts';
import type { PlanInput } from '../plan/input.ts';
import { triedFrom, WELL } from '../slots/health.ts';
import type { ZoneDays } from '../slots/tokens.ts';
import { budgetSet } from './budgets.ts';

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
  | { do: 'add'; agent: string; queue: string; slots: number }
  /** Of the agent alone, or of all agents of a queue together; null: it has none any more. */
  | { do: 'budget'; agent: string; tokensPerDay: number | null }
  | { do: 'pool-budget'; queue: string; tokensPerDay: number | null };

/**
 * The same input with one change after the other made. The agents and queues that are named are there, but for those that are
 * added.
 *
 * @param zones as ForecastInput has them
 */
export function withChanges(
  input: PlanInput,
  changes: readonly Change[],
  zones: readonly ZoneDays[],
): PlanInput {
  return changes.reduce((changed, change) => withChange(changed, change, zones), input);
}

function withChange(input: PlanInput, change: Change, zones: readonly ZoneDays[]): PlanInput {
  const { agents, nowMs } = input;
  const isMeant = ({ name, queue }: AgentLine) =>
    change.do === 'pool-budget' ? queue === change.queue : name === change.agent;
  const turned = (turn: (agent: AgentLine) => AgentLine): PlanInput => {
    return { ...input, agents: agents.map((agent) => (isMeant(agent) ? turn(agent) : agent)) };
  };
  switch (change.do) {
    case 'pause':
      return turned((agent) => ({ ...agent, paused: true }));
    case 'resume':
      return turned((agent) => ({ ...agent, paused: false, health: triedFrom(agent.health, nowMs) }));
    case 'limit':
      return turned((agent) => ({ ...agent, limit: change.slots, limitByHand: change.slots }));
    case 'remove':
      return { ...input, agents: agents.filter((agent) => !isMeant(agent)) };
    case 'add':
      return { ...input, agents: [...agents, newLine(change, agents)] };
    case 'budget':
    case 'pool-budget': {
      const { tokensPerDay } = change;
      const key = change.do === 'budget' ? 'budget' : 'poolBudget';
      return turned(({ [key]: before, ...agent }) => {
        if (tokensPerDay === null) return agent;
        const timeZone = before?.timeZone ?? zoneBeside(agents, agent.queue);
        return { ...agent, [key]: budgetSet(before, { tokensPerDay, timeZone }, zones, nowMs) };
      });
    }
  }
}

/** Of a budget that has none of its own yet: that of another one of its queue, else of any, else UTC. */
function zoneBeside(agents: readonly AgentLine[], queue: string | null): string {
  const near = [...agents.filter((agent) => agent.queue === queue), ...agents];
  return near.flatMap(({ budget, poolBudget }) => poolBudget ?? budget ?? [])[0]?.timeZone ?? 'UTC';
}

/** A pool that is paused, stopped or held as a whole is so for a new agent, too, and its budget is. */
function newLine({ agent, queue, slots }: Change & { do: 'add' }, agents: readonly AgentLine[]): AgentLine {
  const mate = agents.find((each) => each.queue === queue);
  return {
    ...{ name: agent, queue, limit: slots, limitByHand: null, paused: false, quiet: false, health: WELL },
    poolPaused: mate?.poolPaused ?? false,
    ...(mate?.poolStopped && { poolStopped: true }),
    ...(mate?.poolHold && { poolHold: heldWith(mate.poolHold) }),
    ...(mate?.poolBudget && { poolBudget: mate.poolBudget }),
  };
}

/** It is none of those that the trouble has taken. */
function heldWith({ isTaken: _, ...hold }: PoolHold): PoolHold {
  return hold;
}

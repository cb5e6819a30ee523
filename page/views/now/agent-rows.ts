import type { Agent, AgentState, AtWork } from '../../api/shapes.ts';
import { type AgentIs, type AgentWord, agentWord } from '../../parts/agent-state.ts';
import { type Filter, isShown } from './filter.ts';
import type { Line } from './line.ts';

/** A row of the list of agents: a pool, and then its agents. */
export type AgentRow =
  | { is: 'pool'; key: string; pool: string | null; agents: number; held: number; limit: number }
  | { is: 'agent'; key: string; agent: AgentState; state: AgentWord; slots: SlotRow };

/** What an agent's slots have. */
export interface SlotRow {
  tasks: Line[];
  /** Held, and it is not known by what. */
  unknown: number;
  free: number;
}

export interface AgentsSeen {
  agents: Iterable<AgentState>;
  bySlot: ReadonlyMap<string, Line[]>;
  filter: Filter;
}

export interface AgentRows {
  rows: AgentRow[];
  shown: number;
  /** Of all agents. */
  total: number;
  /** Of those that are shown, as in `limit`. */
  held: number;
  limit: number;
  /** By what they are: of all that would be shown in any state. */
  counts: Readonly<Record<AgentIs, number>>;
}

/** Agents below their pools, both in the order of the configuration. */
export function agentRows({ agents, bySlot, filter }: AgentsSeen): AgentRows {
  const counts = { leaving: 0, off: 0, unwell: 0, busy: 0, free: 0 };
  const pools = new Map<string | null, Extract<AgentRow, { is: 'agent' }>[]>();
  let [shown, total, held, limit] = [0, 0, 0, 0];
  for (const agent of agents) {
    const state = agentWord(agent);
    total += 1;
    if (!isShown(filter, { pool: agent.queue, agent: agent.name })) continue;
    counts[state.is] += 1;
    if (filter.state !== undefined && filter.state !== state.is) continue;
    shown += 1;
    held += agent.held;
    limit += agent.limit;
    const rows = pools.get(agent.queue) ?? [];
    pools.set(agent.queue, rows);
    const slots = slotsOf(agent, bySlot.get(agent.name) ?? []);
    rows.push({ is: 'agent', key: `agent ${agent.name}`, agent, state, slots });
  }
  const rows = [...pools].flatMap(([pool, own]): AgentRow[] => [headOf(pool, own), ...own]);
  return { rows, shown, total, held, limit, counts };
}

function headOf(pool: string | null, own: readonly Extract<AgentRow, { is: 'agent' }>[]): AgentRow {
  const sum = (of: (agent: AgentState) => number) => own.reduce((all, { agent }) => all + of(agent), 0);
  return {
    ...{ is: 'pool', key: `pool ${pool}`, pool, agents: own.length },
    ...{ held: sum(({ held }) => held), limit: sum(({ limit }) => limit) },
  };
}

export function slotsOf({ held, limit }: AgentState, tasks: Line[]): SlotRow {
  const taken = Math.max(held, tasks.length);
  return { tasks, unknown: taken - tasks.length, free: Math.max(0, limit - taken) };
}

/** What is known of what runs, by task. */
export function atWorkById(running: readonly AtWork[] = []): ReadonlyMap<number, AtWork> {
  return new Map(running.map((each) => [each.task_id, each]));
}

export function detailByName(agents: readonly Agent[] = []): ReadonlyMap<string, Agent> {
  return new Map(agents.map((each) => [each.name, each]));
}

import type { Agent } from './agent.ts';
import { type Health, type Unwell, WELL } from './health.ts';
import type { PlanInput } from './plan.ts';
import { compareRank, type Rank } from './rank.ts';
import type { Reason } from './reason.ts';
import type { Task } from './task.ts';

/** Where an agent stands while a plan is made: its free slots, and who waits beyond them. */
export interface Room {
  agent: Agent;
  /** Runs that hold a slot or wait for one. */
  used: number;
  /** Free slots, and below zero what waits beyond them. */
  free: number;
  /** How far below zero `free` may go. */
  mayWait: number;
  /** Ranks of the runs started beyond the slots, worst last: each may be replaced by a better one. */
  extras: Rank[];
  /** Why the agent is given nothing at all. */
  obstacle: Reason | undefined;
  /** For an unwell agent: what keeps all others away once one task probes it. */
  afterProbe: Reason | undefined;
}

/** The rooms of all agents, by name and in the order of the names. */
export function roomsOf(
  input: PlanInput,
  ranked: readonly { task: Task; rank: Rank }[],
): ReadonlyMap<string, Room> {
  // The task of a run that has got its slot is `working`: no other can take its place any more, and one that is
  // started for it would be sent home by the semaphore, and started again, for as long as it runs.
  const idle = new Map(
    ranked.flatMap(({ task, rank }) => (task.status === 'idle' ? [[task.id, rank] as const] : [])),
  );
  const agents = [...input.agents].sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(agents.map((agent) => [agent.name, roomOf(agent, input, idle)]));
}

function roomOf(agent: Agent, input: PlanInput, idle: ReadonlyMap<number, Rank>): Room {
  const active = input.openRuns.filter((run) => run.agent === agent.name && run.state === 'active');
  const health = input.health[agent.name] ?? WELL;
  const well = health.state === 'well';
  const free = agent.limit - active.length;
  const mayWait = well ? input.waitingPerAgent : 0;
  const extras = active.flatMap((run) => (run.extra ? (idle.get(run.taskId) ?? []) : []));
  return {
    agent,
    used: active.length,
    // Runs from before the agent was unwell may go on for hours; the probe takes one of the slots beside them.
    free: well ? free : Math.min(free, 1),
    mayWait,
    extras: mayWait === 0 ? [] : extras.sort(compareRank),
    obstacle: obstacleOf(agent, health, input),
    afterProbe: well ? undefined : unwell(agent, { ...health, probing: true }),
  };
}

function obstacleOf(agent: Agent, health: Health, input: PlanInput): Reason | undefined {
  if (agent.limit === 0) return { why: 'limit-zero', agent: agent.name };
  if (input.pausedAgents.includes(agent.name)) return { why: 'agent-paused', agent: agent.name };
  if (health.state === 'well') return undefined;
  return health.probing || input.nowMs < health.untilMs ? unwell(agent, health) : undefined;
}

function unwell(agent: Agent, health: Unwell): Reason {
  const { state, untilMs, reason, probing } = health;
  const why = state === 'cooling-down' ? 'agent-cooling-down' : 'agent-misconfigured';
  return { why, agent: agent.name, untilMs, reason, ...(probing && { probing }) };
}

/** A free slot, a place to wait, or a place taken by a run that ranks lower. */
export function hasPlaceFor(rank: Rank, room: Room): boolean {
  const worst = room.extras.at(-1);
  return room.free > -room.mayWait || (worst !== undefined && compareRank(rank, worst) < 0);
}

/** Uses up a place. True when no slot was free, so the run has to wait in the semaphore. */
export function take(room: Room): boolean {
  const extra = room.free <= 0;
  if (room.free > -room.mayWait) {
    room.free -= 1;
    room.used += 1;
  } else {
    // It takes the place of the worst that waits.
    room.extras.pop();
  }
  room.obstacle ??= room.afterProbe;
  return extra;
}

/** Most free slots, then fewest running; else the order of the rooms stays, which is that of the names. */
export function moreRoom(a: Room, b: Room): number {
  return b.free - a.free || a.used - b.used;
}

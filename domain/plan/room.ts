import type { Agent } from '../agent.ts';
import { type Health, isTryDue, type Unwell, WELL } from '../slots/health.ts';
import type { PlanInput } from './input.ts';
import type { Obstacle } from './reason.ts';

/** Where an agent stands while a plan is made: its free slots, and for how many more tasks beyond them. */
export interface Room {
  agent: Agent;
  /** Tasks that run, and those that the plan has given it. */
  used: number;
  /** Free slots, and below zero what is in line beyond them. */
  free: number;
  /** How far below zero `free` may go: so many runs are in line, ready to take the next slot at once. */
  lookAhead: number;
  /** Why the agent is given nothing at all. */
  obstacle: Obstacle | undefined;
  /** For an unwell agent: what keeps all others away once one task probes it. */
  afterProbe: Obstacle | undefined;
}

/** The rooms of all agents, in the order of their names. */
export interface Rooms {
  byName: ReadonlyMap<string, Room>;
  byQueue: ReadonlyMap<string | undefined, readonly Room[]>;
}

export function roomsOf(input: PlanInput): Rooms {
  const agents = [...input.agents].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rooms = new Map(agents.map((agent) => [agent.name, roomOf(agent, input)]));
  const byQueue = new Map<string | undefined, Room[]>();
  for (const room of rooms.values()) {
    const { queue } = room.agent;
    const pool = byQueue.get(queue);
    if (pool === undefined) byQueue.set(queue, [room]);
    else pool.push(room);
  }
  const tasks = new Map(input.tasks.map((task) => [task.id, task]));
  for (const run of input.openRuns) {
    const task = tasks.get(run.taskId);
    // Whoever is not `working` yet is in line, and gets its room in the order of the line.
    if (run.state !== 'active' || task?.status !== 'working') continue;
    const room = rooms.get(task.assignedTo ?? run.agent ?? run.wants ?? '');
    if (room !== undefined) take(room);
  }
  for (const room of rooms.values()) {
    const health = healthOf(room.agent, input);
    if (health.state === 'well') continue;
    // Runs from before it was unwell may go on for hours; the probe takes one of the slots beside them.
    room.free = Math.min(room.free, 1);
    room.afterProbe = unwell(room.agent, { ...health, probing: true });
  }
  return { byName: rooms, byQueue };
}

function roomOf(agent: Agent, input: PlanInput): Room {
  const health = healthOf(agent, input);
  return {
    ...{ agent, used: 0, free: agent.limit, lookAhead: health.state === 'well' ? input.lookAhead : 0 },
    obstacle: obstacleOf(agent, health, input),
    afterProbe: undefined,
  };
}

function healthOf({ name }: Agent, input: PlanInput): Health {
  return input.health[name] ?? WELL;
}

function obstacleOf(agent: Agent, health: Health, input: PlanInput): Obstacle | undefined {
  if (agent.limit === 0) return { why: 'limit-zero', agent: agent.name };
  if (agent.queue !== undefined && input.pausedPools.includes(agent.queue))
    return { why: 'pool-paused', queue: agent.queue };
  if (input.pausedAgents.includes(agent.name)) return { why: 'agent-paused', agent: agent.name };
  if (input.quietAgents.includes(agent.name)) return { why: 'agent-quiet', agent: agent.name };
  if (health.state === 'well' || isTryDue(health, input.nowMs)) return undefined;
  return unwell(agent, health);
}

function unwell(agent: Agent, health: Unwell): Obstacle {
  const { state, untilMs, reason, probing } = health;
  const why = state === 'cooling-down' ? 'agent-cooling-down' : 'agent-misconfigured';
  return { why, agent: agent.name, untilMs, reason, ...(probing && { probing }) };
}

/** A free slot, or a place in line. */
export function hasPlace(room: Room): boolean {
  return room.free > -room.lookAhead;
}

export function take(room: Room): void {
  // Who gets no slot probes nothing.
  if (room.free > 0) room.obstacle ??= room.afterProbe;
  room.free -= 1;
  room.used += 1;
}

/**
 * Whose slot is taken first: as semaphores give them (slots/grant.ts), so that what is said to be due is what is given. One
 * that is known to work, then most free slots, then fewest running; else the order of the rooms stays, which is that of the
 * names. Places in line come after all free slots.
 */
export function moreRoom(a: Room, b: Room): number {
  return turn(a) - turn(b) || b.free - a.free || a.used - b.used;
}

function turn(room: Room): number {
  if (room.free > 0) return room.afterProbe === undefined ? 0 : 1;
  return hasPlace(room) ? 2 : 3;
}

export function membersOf(queue: string, rooms: Rooms): readonly Room[] {
  return rooms.byQueue.get(queue) ?? [];
}

import type { Agent } from './agent.ts';
import { type Health, WELL } from './health.ts';
import { compareRank, countWaits, type Rank, rankOf } from './rank.ts';
import { type Reason, sayReason } from './reason.ts';
import type { Task } from './task.ts';

/** A run of ours that is open: it keeps its task from being started again, and may use a slot. */
export interface OpenRun {
  taskId: number;
  agent: string;
  /** `active` holds a slot or waits for one; the other two use none. */
  state: 'active' | 'backing-off' | 'parked';
  /** Was started beyond the slots, to wait in the semaphore; a better-ranked task may take its place there. */
  extra: boolean;
}

export interface PlanInput {
  /** All open tasks of TinyTask: idle and working, not archived. */
  tasks: readonly Task[];
  agents: readonly Agent[];
  mode: 'queue' | 'legacy';
  openRuns: readonly OpenRun[];
  health: Readonly<Record<string, Health>>;
  pausedAgents: readonly string[];
  paused: boolean;
  enabled: boolean;
  blockingDisabled: boolean;
  /** Task id -> pool and agent of a task that was assigned by us: it may go to another agent of the pool. */
  assignedByUs: Readonly<Record<string, { pool: string; agent: string }>>;
  /** Task id -> until when the processes of a run that was ended from outside may live. */
  ending: Readonly<Record<string, number>>;
  /** Task ids put first by a person. */
  first: readonly number[];
  /** Runs beyond an agent's slots that may wait in its semaphore. */
  waitingPerAgent: number;
  maxStarts: number;
  /** Milliseconds since the epoch. */
  nowMs: number;
}

export interface Start {
  task: { id: number; createdAt: string };
  agent: string;
  queue: string | null;
  /** The pool whose unassigned task this is; null when the task came with its agent. */
  pool: string | null;
  rank: Rank;
  /** Starts although no slot is free, to wait in the semaphore. */
  extra: boolean;
}

export interface Waiting {
  taskId: number;
  reason: Reason;
}

export interface Plan {
  starts: Start[];
  /** Every open task that is neither started nor running, in the order in which they would go. */
  waiting: Waiting[];
  cycles: number[][];
}

/** Where an agent stands while the plan is made. */
interface Room {
  agent: Agent;
  used: number;
  /** Free slots, and below zero what waits beyond them. */
  free: number;
  /** How far below zero `free` may go. */
  mayWait: number;
  /** Ranks of the runs started beyond the slots, worst last: each may be replaced by a better one. */
  extras: Rank[];
  obstacle: Reason | undefined;
}

/**
 * Decides which tasks start now, on which agent, and why each other one does not (design: order and
 * assignment). Pure and total: the same input in any order gives the same plan.
 */
export function plan(input: PlanInput): Plan {
  const waits = countWaits(input.blockingDisabled ? [] : input.tasks);
  const first = new Set(input.first);
  const ranked = input.tasks
    .map((task) => ({ task, rank: rankOf(task, waits, first) }))
    .sort((a, b) => compareRank(a.rank, b.rank));

  const rankById = new Map(ranked.map(({ rank }) => [rank.id, rank]));
  const rooms = new Map(input.agents.map((agent) => [agent.name, roomOf(agent, input, rankById)]));
  const obstacle = obstacles(input, waits.cycles);
  const starts: Start[] = [];
  const waiting: Waiting[] = [];
  const startable: { task: Task; rank: Rank }[] = [];

  for (const entry of ranked) {
    const reason = obstacle(entry.task);
    if (reason === undefined) startable.push(entry);
    else if (reason.why !== 'running') waiting.push({ taskId: entry.task.id, reason });
  }
  for (const { task, rank } of startable) {
    const choice = place(task, rank, input, rooms);
    if ('why' in choice) waiting.push({ taskId: task.id, reason: choice });
    else if (starts.length >= input.maxStarts) {
      waiting.push({ taskId: task.id, reason: { why: 'starts-limited', limit: input.maxStarts } });
    } else {
      const { room, pool } = choice;
      starts.push({
        task: { id: task.id, createdAt: task.createdAt },
        agent: room.agent.name,
        queue: task.queue,
        pool,
        rank,
        extra: room.free <= 0,
      });
      if (room.free <= -room.mayWait) room.extras.pop();
      room.free -= 1;
      room.used += 1;
    }
  }
  return { starts, waiting, cycles: waits.cycles };
}

function roomOf(agent: Agent, input: PlanInput, rankById: ReadonlyMap<number, Rank>): Room {
  const active = input.openRuns.filter((run) => run.agent === agent.name && run.state === 'active');
  const extras = active.flatMap((run) => (run.extra ? (rankById.get(run.taskId) ?? []) : []));
  const used = active.length;
  const health = input.health[agent.name] ?? WELL;
  const unwell = health.state !== 'well';
  // After the cool-down one task probes the agent, so an unwell agent has one slot, never more.
  const limit = unwell ? Math.min(agent.limit, 1) : agent.limit;
  const mayWait = unwell ? 0 : input.waitingPerAgent;
  const room: Room = {
    agent,
    used,
    free: limit - used,
    mayWait,
    extras: mayWait === 0 ? [] : extras.sort(compareRank),
    obstacle: undefined,
  };
  if (agent.limit === 0) room.obstacle = { why: 'limit-zero', agent: agent.name };
  else if (input.pausedAgents.includes(agent.name))
    room.obstacle = { why: 'agent-paused', agent: agent.name };
  else if (unwell && (input.nowMs < health.untilMs || used > 0)) {
    room.obstacle = {
      why: health.state === 'cooling-down' ? 'agent-cooling-down' : 'agent-misconfigured',
      agent: agent.name,
      untilMs: health.untilMs,
      reason: health.reason,
    };
  }
  return room;
}

/** What keeps a task from starting whatever the agents' slots are, in the order in which a person would ask. */
function obstacles(input: PlanInput, cycles: number[][]): (task: Task) => Reason | undefined {
  const runs = new Map(input.openRuns.map((run) => [run.taskId, run]));
  const circleOf = new Map(cycles.flatMap((cycle) => cycle.map((id) => [id, cycle] as const)));
  const subtasks = new Map<number, number[]>();
  for (const task of input.tasks) {
    if (task.parentTaskId === null || task.archivedAt !== null || task.status === 'complete') continue;
    const siblings = subtasks.get(task.parentTaskId);
    if (siblings === undefined) subtasks.set(task.parentTaskId, [task.id]);
    else siblings.push(task.id);
  }

  return (task) => {
    const run = runs.get(task.id);
    if (run !== undefined) {
      return { why: run.state === 'active' ? 'running' : run.state, agent: run.agent };
    }
    const untilMs = input.ending[String(task.id)];
    if (untilMs !== undefined) return { why: 'run-ending', untilMs };
    if (task.status === 'working') return { why: 'working-elsewhere', by: task.assignedTo };
    const circle = circleOf.get(task.id);
    if (circle !== undefined) return { why: 'cycle', ids: circle };
    if (!input.blockingDisabled && task.isCurrentlyBlocked) {
      return { why: 'blocked', by: task.blockedByTaskId ?? 0 };
    }
    const open = subtasks.get(task.id);
    if (open !== undefined) return { why: 'open-subtasks', ids: [...open].sort((a, b) => a - b) };
    if (!input.enabled) return { why: 'scheduler-disabled' };
    if (input.paused) return { why: 'scheduler-paused' };
    return undefined;
  };
}

/** The agent for a task, or why there is none. */
function place(
  task: Task,
  rank: Rank,
  input: PlanInput,
  rooms: Map<string, Room>,
): { room: Room; pool: string | null } | Reason {
  const ours = input.assignedByUs[String(task.id)];
  const fromPool = ours !== undefined && ours.agent === task.assignedTo && ours.pool === task.queue;

  if (task.assignedTo !== null && !fromPool) {
    const room = rooms.get(task.assignedTo);
    if (room === undefined) return { why: 'unknown-agent', agent: task.assignedTo };
    if (room.obstacle !== undefined) return room.obstacle;
    if (takes(room, rank)) return { room, pool: null };
    return { why: 'agent-full', agent: room.agent.name, used: room.used, limit: room.agent.limit };
  }

  if (input.mode === 'legacy') return { why: 'legacy-unassigned' };
  if (task.queue === null) return { why: 'unassigned' };
  const members = [...rooms.values()].filter((room) => room.agent.queue === task.queue);
  if (members.length === 0) return { why: 'no-agent-for-queue', queue: task.queue };
  const able = members.filter((room) => room.obstacle === undefined);
  if (able.length === 0) return unavailable(task.queue, members);
  const [best] = able.filter((room) => takes(room, rank)).sort(moreRoom);
  if (best !== undefined) return { room: best, pool: task.queue };
  return {
    why: 'pool-full',
    queue: task.queue,
    used: able.reduce((sum, room) => sum + room.used, 0),
    limit: able.reduce((sum, room) => sum + room.agent.limit, 0),
  };
}

/** A free slot, a place to wait, or a place taken by a run that ranks lower. */
function takes(room: Room, rank: Rank): boolean {
  const worst = room.extras.at(-1);
  return room.free > -room.mayWait || (worst !== undefined && compareRank(rank, worst) < 0);
}

/** Most free slots, then fewest running, then name: the last makes the choice independent of input order. */
function moreRoom(a: Room, b: Room): number {
  return b.free - a.free || a.used - b.used || (a.agent.name < b.agent.name ? -1 : 1);
}

function unavailable(queue: string, members: Room[]): Reason {
  const obstacles = members.flatMap((room) => (room.obstacle === undefined ? [] : [room.obstacle]));
  const [only] = obstacles;
  if (obstacles.length === 1 && only !== undefined) return only;
  const shown = obstacles.slice(0, 3).map(sayReason);
  const more = obstacles.length > 3 ? ` and ${obstacles.length - 3} more` : '';
  return { why: 'pool-unavailable', queue, agents: shown.join('; ') + more };
}

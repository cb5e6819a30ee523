import type { Agent } from './agent.ts';
import type { Health } from './health.ts';
import { compareRank, countWaits, type Rank, rankOf } from './rank.ts';
import { outlasts, type Reason, sayReason, someOf } from './reason.ts';
import { hasPlaceFor, moreRoom, type Room, roomsOf, take } from './room.ts';
import { isOpen, type Task } from './task.ts';

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
  /** What keeps it from starting now. */
  reason: Reason;
  /** What will still keep it when that is over, where something will. */
  still?: Reason;
}

export interface Plan {
  starts: Start[];
  /** Every open task that is neither started nor running, in the order in which they would go. */
  waiting: Waiting[];
  cycles: number[][];
}

/**
 * Decides which tasks start now, on which agent, and why each other one does not. The order is that of rank.ts. Pure and total: the same input in any order gives the same plan.
 */
export function plan(input: PlanInput): Plan {
  const open = input.tasks.filter(isOpen);
  const waits = countWaits(input.blockingDisabled ? [] : open);
  const first = new Set(input.first);
  const ranked = open
    .map((task) => ({ task, rank: rankOf(task, waits, first) }))
    .sort((a, b) => compareRank(a.rank, b.rank));

  const rooms = roomsOf(input, ranked);
  const obstaclesOf = obstacles(input, open, waits.cycles);
  const starts: Start[] = [];
  const waiting: Waiting[] = [];
  for (const { task, rank } of ranked) {
    const [reason, ...others] = obstaclesOf(task);
    if (reason !== undefined) {
      if (reason.why !== 'running') waiting.push(waitingFor(task, reason, others, input, rooms));
      continue;
    }
    const choice = place(task, rank, input, rooms);
    if ('why' in choice) {
      waiting.push({ taskId: task.id, reason: choice });
      continue;
    }
    const { room, pool } = choice;
    // Also for the next go: what has no room left then does not wait for the go, but for the room.
    const extra = take(room);
    if (starts.length >= input.maxStarts) {
      waiting.push({ taskId: task.id, reason: { why: 'starts-limited', limit: input.maxStarts } });
      continue;
    }
    const { id, createdAt, queue } = task;
    starts.push({ task: { id, createdAt }, agent: room.agent.name, queue, pool, rank, extra });
  }
  return { starts, waiting, cycles: waits.cycles };
}

/** A task that waits, with what will be left of it when its first reason is over. */
function waitingFor(
  task: Task,
  reason: Reason,
  others: Reason[],
  input: PlanInput,
  rooms: ReadonlyMap<string, Room>,
): Waiting {
  const home = homeOf(task, input, rooms);
  const still = [...others, ...('why' in home ? [home] : [])].find((other) => outlasts(other, reason));
  return { taskId: task.id, reason, ...(still && { still }) };
}

/** What keeps a task from starting whatever the agents' slots are, in the order in which a person would ask. */
function obstacles(
  input: PlanInput,
  openTasks: readonly Task[],
  cycles: number[][],
): (task: Task) => Reason[] {
  const runs = new Map(input.openRuns.map((run) => [run.taskId, run]));
  const circleOf = new Map(cycles.flatMap((cycle) => cycle.map((id) => [id, cycle] as const)));
  const subtasks = new Map<number, number[]>();
  for (const task of openTasks) {
    if (task.parentTaskId === null) continue;
    const siblings = subtasks.get(task.parentTaskId);
    if (siblings === undefined) subtasks.set(task.parentTaskId, [task.id]);
    else siblings.push(task.id);
  }

  return (task) => {
    const run = runs.get(task.id);
    if (run !== undefined) return [{ why: run.state === 'active' ? 'running' : run.state, agent: run.agent }];
    const untilMs = input.ending[String(task.id)];
    if (untilMs !== undefined) return [{ why: 'run-ending', untilMs }];
    const parts = subtasks.get(task.id);
    const open: Reason[] = parts
      ? [{ why: 'open-subtasks', ...someOf(parts.toSorted((a, b) => a - b)) }]
      : [];
    // TinyTask keeps a parent `working` while one of its subtasks is.
    if (task.status === 'working' && open.length === 0)
      return [{ why: 'working-elsewhere', by: task.assignedTo }];
    const holding: Reason[] = [];
    const circle = circleOf.get(task.id);
    if (circle !== undefined) holding.push({ why: 'cycle', ...someOf(circle) });
    else if (!input.blockingDisabled && task.isCurrentlyBlocked)
      holding.push({ why: 'blocked', by: task.blockedByTaskId ?? 0 });
    holding.push(...open);
    if (!input.enabled) holding.push({ why: 'scheduler-disabled' });
    if (input.paused) holding.push({ why: 'scheduler-paused' });
    return holding;
  };
}

/** The agent for a task, or why there is none. */
function place(
  task: Task,
  rank: Rank,
  input: PlanInput,
  rooms: ReadonlyMap<string, Room>,
): { room: Room; pool: string | null } | Reason {
  const home = homeOf(task, input, rooms);
  if ('why' in home) return home;
  const { able, pool } = home;
  const [best] = able.filter((room) => hasPlaceFor(rank, room)).sort(moreRoom);
  if (best !== undefined) return { room: best, pool };
  const used = able.reduce((sum, room) => sum + room.used, 0);
  const limit = able.reduce((sum, room) => sum + room.agent.limit, 0);
  return pool === null
    ? { why: 'agent-full', agent: task.assignedTo ?? '', used, limit }
    : { why: 'pool-full', queue: pool, used, limit };
}

/** The agents that may take a task, whether they have room or not; the reason where there is none. */
function homeOf(
  task: Task,
  input: PlanInput,
  rooms: ReadonlyMap<string, Room>,
): { able: Room[]; pool: string | null } | Reason {
  const { queue, assignedTo } = task;
  const members = queue === null ? [] : [...rooms.values()].filter((room) => room.agent.queue === queue);
  const ours = input.assignedByUs[String(task.id)];
  const mayMove = ours?.agent === assignedTo && ours?.pool === queue && members.length > 0;

  if (assignedTo !== null && !mayMove) {
    const room = rooms.get(assignedTo);
    if (room === undefined) return { why: 'unknown-agent', agent: assignedTo };
    return room.obstacle ?? { able: [room], pool: null };
  }
  if (input.mode === 'legacy') return { why: 'legacy-unassigned' };
  if (queue === null) return { why: 'unassigned' };
  if (members.length === 0) return { why: 'no-agent-for-queue', queue };
  const able = members.filter((room) => room.obstacle === undefined);
  return able.length === 0 ? unavailable(queue, members) : { able, pool: queue };
}

function unavailable(queue: string, members: Room[]): Reason {
  const obstacles = members.flatMap((room) => room.obstacle ?? []);
  const [only] = obstacles;
  if (obstacles.length === 1 && only !== undefined) return only;
  const shown = obstacles.slice(0, 3).map(sayReason);
  const more = obstacles.length > 3 ? ` and ${obstacles.length - 3} more` : '';
  return { why: 'pool-unavailable', queue, agents: shown.join('; ') + more };
}

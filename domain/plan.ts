import type { Agent } from './agent.ts';
import type { Health } from './health.ts';
import { compareRank, countWaits, type Rank, rankOf } from './rank.ts';
import { type Reason, sayReason } from './reason.ts';
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
  reason: Reason;
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
  const obstacle = obstacles(input, open, waits.cycles);
  const starts: Start[] = [];
  const waiting: Waiting[] = [];
  for (const { task, rank } of ranked) {
    const choice = obstacle(task) ?? place(task, rank, input, rooms);
    if ('why' in choice) {
      if (choice.why !== 'running') waiting.push({ taskId: task.id, reason: choice });
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

/** What keeps a task from starting whatever the agents' slots are, in the order in which a person would ask. */
function obstacles(
  input: PlanInput,
  openTasks: readonly Task[],
  cycles: number[][],
): (task: Task) => Reason | undefined {
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
  rooms: ReadonlyMap<string, Room>,
): { room: Room; pool: string | null } | Reason {
  const { queue, assignedTo } = task;
  const members = queue === null ? [] : [...rooms.values()].filter((room) => room.agent.queue === queue);
  const ours = input.assignedByUs[String(task.id)];
  const mayMove = ours?.agent === assignedTo && ours?.pool === queue && members.length > 0;

  if (assignedTo !== null && !mayMove) {
    const room = rooms.get(assignedTo);
    if (room === undefined) return { why: 'unknown-agent', agent: assignedTo };
    if (room.obstacle !== undefined) return room.obstacle;
    if (hasPlaceFor(rank, room)) return { room, pool: null };
    return { why: 'agent-full', agent: assignedTo, used: room.used, limit: room.agent.limit };
  }

  if (input.mode === 'legacy') return { why: 'legacy-unassigned' };
  if (queue === null) return { why: 'unassigned' };
  if (members.length === 0) return { why: 'no-agent-for-queue', queue };
  const able = members.filter((room) => room.obstacle === undefined);
  if (able.length === 0) return unavailable(queue, members);
  const [best] = able.filter((room) => hasPlaceFor(rank, room)).sort(moreRoom);
  if (best !== undefined) return { room: best, pool: queue };
  return {
    why: 'pool-full',
    queue,
    used: able.reduce((sum, room) => sum + room.used, 0),
    limit: able.reduce((sum, room) => sum + room.agent.limit, 0),
  };
}

function unavailable(queue: string, members: Room[]): Reason {
  const obstacles = members.flatMap((room) => room.obstacle ?? []);
  const [only] = obstacles;
  if (obstacles.length === 1 && only !== undefined) return only;
  const shown = obstacles.slice(0, 3).map(sayReason);
  const more = obstacles.length > 3 ? ` and ${obstacles.length - 3} more` : '';
  return { why: 'pool-unavailable', queue, agents: shown.join('; ') + more };
}

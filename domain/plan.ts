import type { Agent } from './agent.ts';
import type { Health } from './health.ts';
import { poolId, semaphoreOf } from './ids.ts';
import { compareRank, countWaits, type Rank, rankOf } from './rank.ts';
import { outlasts, type Reason, sayReason, someOf } from './reason.ts';
import { hasPlace, moreRoom, type Room, type Rooms, roomsOf, take } from './room.ts';
import { isOpen, type Task } from './task.ts';

/** A run of ours that is open: it keeps its task from being started again. */
export interface OpenRun {
  taskId: number;
  /** Workflow id of the semaphore whose slots it uses. */
  semaphore: string;
  /** The only agent that may have the task; null: any of the pool. */
  wants: string | null;
  /** Whom it has or had a slot of; null: not known, or nobody yet. */
  agent: string | null;
  /** `active` holds a slot or is in line for one; the other two use none. */
  state: 'active' | 'backing-off' | 'parked';
}

export interface PlanInput {
  /** All open tasks of TinyTask: idle and working, not archived. */
  tasks: readonly Task[];
  agents: readonly Agent[];
  mode: 'queue' | 'legacy';
  openRuns: readonly OpenRun[];
  health: Readonly<Record<string, Health>>;
  pausedAgents: readonly string[];
  /** Queues whose pool is paused as a whole. */
  pausedPools: readonly string[];
  paused: boolean;
  enabled: boolean;
  blockingDisabled: boolean;
  /** Task id -> pool and agent of a task that was assigned by us: it may go to another agent of the pool. */
  assignedByUs: Readonly<Record<string, { pool: string; agent: string }>>;
  /** Task id -> until when the processes of a run that was ended from outside may live. */
  ending: Readonly<Record<string, number>>;
  /** Task ids put first by a person. */
  first: readonly number[];
  /** So many runs for each agent may be in line beyond its slots, so that a slot that is free is taken at once. */
  lookAhead: number;
  maxStarts: number;
  /** Milliseconds since the epoch. */
  nowMs: number;
}

export interface Start {
  task: { id: number; createdAt: string };
  /** Workflow id of the semaphore that gives it its slot. */
  semaphore: string;
  /** The only agent that may have it; null: any of the pool. */
  wants: string | null;
  queue: string | null;
  /** The pool whose task this is; null when the task came with its agent. */
  pool: string | null;
  rank: Rank;
}

export interface Waiting {
  taskId: number;
  /** What keeps it from starting now. */
  reason: Reason;
  /** What will still keep it when that is over, where something will. */
  still?: Reason;
}

/** A task whose run is in line, with its rank of now. */
export interface InLine extends Waiting {
  semaphore: string;
  rank: Rank;
}

export interface Plan {
  starts: Start[];
  /** Every open task that is neither started nor in hand, in the order in which they would go. */
  waiting: Waiting[];
  /** Those whose run waits for a slot, in the same order. */
  inLine: InLine[];
  /** Tasks whose run is in line where it may not stay: it leaves, and they are planned anew. */
  misplaced: number[];
  cycles: number[][];
}

/** So many runs are in line at one semaphore at most. Only what a person puts first comes in addition. */
const MOST_IN_LINE = 1_000;

/**
 * Decides which tasks start now, whose runs change their place in line, and why each other one does not start. The order is
 * that of rank.ts. The agent is not chosen here but when a slot is free (slots/grant.ts). Pure and total: the same input in
 * any order gives the same plan.
 */
export function plan(input: PlanInput): Plan {
  const open = input.tasks.filter(isOpen);
  const waits = countWaits(input.blockingDisabled ? [] : open);
  const first = new Set(input.first);
  const ranked = open
    .map((task) => ({ task, rank: rankOf(task, waits, first) }))
    .sort((a, b) => compareRank(a.rank, b.rank));

  const rooms = roomsOf(input);
  const obstaclesOf = obstacles(input, open, waits.cycles);
  const lines = linesOf(input, open);
  const planned: Plan = { starts: [], waiting: [], inLine: [], misplaced: [], cycles: waits.cycles };
  for (const { task, rank } of ranked) {
    const run = lines.runs.get(task.id);
    const held = obstaclesOf(task);
    const [reason, ...others] = held;
    if (run !== undefined) {
      if (isMisplaced(task, run, reason, rooms)) planned.misplaced.push(task.id);
      else planned.inLine.push(lineOf(task, rank, run, held, rooms));
      continue;
    }
    if (reason !== undefined) {
      if (reason.why !== 'running') planned.waiting.push(waitingFor(task, reason, others, input, rooms));
      continue;
    }
    const start = place(task, rank, input, rooms, lines);
    if ('why' in start) planned.waiting.push({ taskId: task.id, reason: start });
    else if (planned.starts.length < input.maxStarts) planned.starts.push(start);
    else planned.waiting.push({ taskId: task.id, reason: { why: 'starts-limited', limit: input.maxStarts } });
  }
  return planned;
}

/** Runs that have no slot yet, as far as TinyTask tells: by task, and how many there are for each semaphore. */
interface Lines {
  runs: ReadonlyMap<number, OpenRun>;
  counts: Map<string, number>;
}

function linesOf(input: PlanInput, open: readonly Task[]): Lines {
  const idle = new Set(open.flatMap((task) => (task.status === 'idle' ? [task.id] : [])));
  const inLine = input.openRuns.filter((run) => run.state === 'active' && idle.has(run.taskId));
  const counts = new Map<string, number>();
  for (const { semaphore } of inLine) counts.set(semaphore, (counts.get(semaphore) ?? 0) + 1);
  return { runs: new Map(inLine.map((run) => [run.taskId, run])), counts };
}

const MAY_NOT_START: readonly Reason['why'][] = ['blocked', 'cycle', 'open-subtasks'];

/**
 * Whether a run in line is there for what is so no longer: its task may not start, or is for others now. Of a task that
 * somebody else has, its run knows itself whether that is so.
 */
function isMisplaced(
  task: Task,
  { semaphore, wants }: OpenRun,
  reason: Reason | undefined,
  rooms: Rooms,
): boolean {
  if (reason !== undefined && MAY_NOT_START.includes(reason.why)) return true;
  if (wants === null) {
    const { queue } = task;
    return queue === null || poolId(queue) !== semaphore || membersOf(queue, rooms).length === 0;
  }
  const agent = rooms.byName.get(wants)?.agent;
  if (agent === undefined || semaphoreOf(agent) !== semaphore) return true;
  return task.assignedTo === null;
}

/** Takes its room, so that those behind it do not. */
function lineOf(
  task: Task,
  rank: Rank,
  { semaphore, wants }: OpenRun,
  obstacles: Reason[],
  rooms: Rooms,
): InLine {
  const members =
    wants === null ? membersOf(task.queue ?? '', rooms) : [rooms.byName.get(wants)].filter(isRoom);
  const able = members.filter((room) => room.obstacle === undefined);
  const [best] = able.toSorted(moreRoom);
  const own = best === undefined ? [unavailable(task.queue ?? '', members)] : [];
  const [reason, ...others] = [...obstacles, ...own];
  // A slot becomes free by itself, so it is not told beside another reason.
  const slot: Reason =
    best !== undefined && best.free > 0 ? { why: 'slot-due' } : full(wants, task.queue, able);
  if (best !== undefined) take(best);
  return { ...withStill(task, reason ?? slot, others), semaphore, rank };
}

function isRoom(room: Room | undefined): room is Room {
  return room !== undefined;
}

function full(wants: string | null, queue: string | null, able: readonly Room[]): Reason {
  const used = able.reduce((sum, room) => sum + room.used, 0);
  const limit = able.reduce((sum, room) => sum + room.agent.limit, 0);
  return wants === null
    ? { why: 'pool-full', queue: queue ?? '', used, limit }
    : { why: 'agent-full', agent: wants, used, limit };
}

/** A task that waits, with what will be left of it when its first reason is over. */
function waitingFor(task: Task, reason: Reason, others: Reason[], input: PlanInput, rooms: Rooms): Waiting {
  const home = homeOf(task, input, rooms);
  return withStill(task, reason, [...others, ...('why' in home ? [home] : [])]);
}

function withStill({ id: taskId }: Task, reason: Reason, others: readonly Reason[]): Waiting {
  const still = others.find((other) => outlasts(other, reason));
  return { taskId, reason, ...(still && { still }) };
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
    if (run !== undefined && !(run.state === 'active' && task.status === 'idle'))
      return [{ why: run.state === 'active' ? 'running' : run.state, agent: run.agent }];
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

/** The start of a task for which there is a free slot or a place in line, or why there is none. */
function place(task: Task, rank: Rank, input: PlanInput, rooms: Rooms, lines: Lines): Start | Reason {
  const home = homeOf(task, input, rooms);
  if ('why' in home) return home;
  const { able, pool, semaphore } = home;
  const wants = pool === null ? task.assignedTo : null;
  const inLine = lines.counts.get(semaphore) ?? 0;
  const [best] = inLine < MOST_IN_LINE || rank.first ? able.filter(hasPlace).sort(moreRoom) : [];
  if (best === undefined) return full(wants, task.queue, able);
  take(best);
  if (best.free < 0) lines.counts.set(semaphore, inLine + 1);
  const { id, createdAt, queue } = task;
  return { task: { id, createdAt }, semaphore, wants, queue, pool, rank };
}

/** Where a task goes, and the agents there that may take it, whether they have room or not; the reason where there is none. */
function homeOf(
  task: Task,
  input: PlanInput,
  rooms: Rooms,
): { able: Room[]; pool: string | null; semaphore: string } | Reason {
  const { queue, assignedTo } = task;
  const members = queue === null ? [] : membersOf(queue, rooms);
  const ours = input.assignedByUs[String(task.id)];
  const mayMove = ours?.agent === assignedTo && ours?.pool === queue && members.length > 0;

  if (assignedTo !== null && !mayMove) {
    const room = rooms.byName.get(assignedTo);
    if (room === undefined) return { why: 'unknown-agent', agent: assignedTo };
    return room.obstacle ?? { able: [room], pool: null, semaphore: semaphoreOf(room.agent) };
  }
  if (input.mode === 'legacy') return { why: 'legacy-unassigned' };
  if (queue === null) return { why: 'unassigned' };
  if (members.length === 0) return { why: 'no-agent-for-queue', queue };
  const able = members.filter((room) => room.obstacle === undefined);
  return able.length === 0 ? unavailable(queue, members) : { able, pool: queue, semaphore: poolId(queue) };
}

function membersOf(queue: string, rooms: Rooms): readonly Room[] {
  return rooms.byQueue.get(queue) ?? [];
}

function unavailable(queue: string, members: readonly Room[]): Reason {
  const obstacles = members.flatMap((room) => room.obstacle ?? []);
  const [only] = obstacles;
  // A pause of the pool is one reason, however many agents it has.
  if (only !== undefined && (obstacles.length === 1 || only.why === 'pool-paused')) return only;
  const shown = obstacles.slice(0, 3).map(sayReason);
  const more = obstacles.length > 3 ? ` and ${obstacles.length - 3} more` : '';
  return { why: 'pool-unavailable', queue, agents: shown.join('; ') + more };
}

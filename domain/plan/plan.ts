import { compareRank, countWaits, rankOf } from '../rank.ts';
import { isOpen, type Task } from '../task.ts';
import type { Plan, Waiting } from './decision.ts';
import { isMisplaced, lineOf, linesOf } from './in-line.ts';
import type { PlanInput } from './input.ts';
import { homeOf, place } from './place.ts';
import { type Reason, someOf, stillOf } from './reason.ts';
import { type Rooms, roomsOf } from './room.ts';

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

/** A task that waits, with what will be left of it when its first reason is over. */
function waitingFor(task: Task, reason: Reason, others: Reason[], input: PlanInput, rooms: Rooms): Waiting {
  const home = homeOf(task, input, rooms);
  return { taskId: task.id, reason, ...stillOf(reason, [...others, ...('why' in home ? [home] : [])]) };
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
    const untilMs = input.dying[String(task.id)];
    if (untilMs !== undefined) return [{ why: 'run-dying', untilMs }];
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

import { compareRank, countWaits, rankOf } from '../rank.ts';
import { isOpen, type Task } from '../task.ts';
import type { Plan, Waiting } from './decision.ts';
import { isMisplaced, takeInLine } from './in-line.ts';
import type { PlanInput } from './input.ts';
import { type Planning, planningOf, type Ranked } from './planning.ts';
import { type Reason, stillOf } from './reason.ts';
import { eligibleFor, takeStart } from './start.ts';
import { taskReasons } from './task-reasons.ts';

/**
 * Decides which tasks start now, whose runs leave the line or change their rank there, and why each other task does not
 * start. The tasks are placed one after the other, in the order of rank.ts. The agent is not chosen here but when a slot is
 * free (slots/grant.ts). Pure and total: the same input in any order gives the same plan.
 */
export function plan(input: PlanInput): Plan {
  const open = input.tasks.filter(isOpen);
  const waits = countWaits(input.blockingDisabled ? [] : open);
  const first = new Set(input.first);
  const ranked = open
    .map((task): Ranked => ({ task, rank: rankOf(task, waits, first) }))
    .sort((a, b) => compareRank(a.rank, b.rank));

  const planning = planningOf(input, open);
  const reasonsOf = taskReasons(input, open, waits.cycles);
  const planned: Plan = { starts: [], waiting: [], inLine: [], misplaced: [], cycles: waits.cycles };
  for (const next of ranked) placeOne(next, reasonsOf(next.task), planning, planned);
  return planned;
}

/** Adds a task to the plan, and takes the capacity that it needs. */
function placeOne(next: Ranked, reasons: readonly Reason[], planning: Planning, planned: Plan): void {
  const { capacities, lines, input } = planning;
  const { id } = next.task;
  const run = lines.runs.get(id);
  if (run !== undefined) {
    const inLine = { ranked: next, run, reasons };
    if (isMisplaced(inLine, capacities)) planned.misplaced.push(id);
    else planned.inLine.push(takeInLine(inLine, capacities));
    return;
  }
  const [reason, ...others] = reasons;
  if (reason !== undefined) {
    if (reason.why !== 'running') planned.waiting.push(waitingFor(next.task, reason, others, planning));
    return;
  }
  const start = takeStart(next, planning);
  if ('why' in start) planned.waiting.push({ taskId: id, reason: start });
  else if (planned.starts.length < input.maxStarts) planned.starts.push(start);
  else planned.waiting.push({ taskId: id, reason: { why: 'starts-limited', limit: input.maxStarts } });
}

/** A task that waits for this reason, and what will still keep it when that is over. */
function waitingFor(task: Task, reason: Reason, others: readonly Reason[], planning: Planning): Waiting {
  const eligible = eligibleFor(task, planning);
  return {
    taskId: task.id,
    reason,
    ...stillOf(reason, [...others, ...('why' in eligible ? [eligible] : [])]),
  };
}

import { compareRank, countWaits, rankOf } from '../rank.ts';
import { isOpen, type Task } from '../task.ts';
import type { Plan, Standing, Waiting } from './decision.ts';
import { isMisplaced, takeInLine } from './in-line.ts';
import type { PlanInput } from './input.ts';
import { type Planning, planningOf, type Ranked } from './planning.ts';
import { isInHand, type Reason, stillOf } from './reason.ts';
import { againstStart, eligibleFor, takeStart } from './start.ts';
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
  const runs = new Map(input.openRuns.map((run) => [run.taskId, run]));
  const decided = { starts: [], waiting: [], inLine: [], misplaced: [] };
  const standings = new Map<number, Standing>();
  for (const next of ranked) {
    const { id } = next.task;
    const reasons = reasonsOf(next.task);
    const run = runs.get(id);
    if (reasons[0]?.why === 'running' && run !== undefined) {
      const { semaphore, agent } = run;
      standings.set(id, { taskId: id, reasons: reasons.slice(0, 1), slot: { semaphore, agent } });
    } else standings.set(id, { taskId: id, ...placeOne(next, reasons, planning, decided) });
  }
  return { ...decided, cycles: waits.cycles, standings };
}

type Decided = Pick<Plan, 'starts' | 'waiting' | 'inLine' | 'misplaced'>;

/** Adds a task to the plan, and takes the capacity that it needs. Returns how it stands then. */
function placeOne(
  next: Ranked,
  reasons: readonly Reason[],
  planning: Planning,
  planned: Decided,
): Omit<Standing, 'taskId'> {
  const { capacities, lines } = planning;
  const { task } = next;
  const run = lines.runs.get(task.id);
  if (run !== undefined) {
    const inLine = { ranked: next, run, reasons };
    if (isMisplaced(inLine, capacities)) {
      planned.misplaced.push(task.id);
      return { reasons };
    }
    const taken = takeInLine(inLine, capacities);
    planned.inLine.push(taken.inLine);
    return { reasons: taken.all, slot: { semaphore: run.semaphore, agent: run.wants } };
  }
  const [reason, ...others] = reasons;
  if (reason === undefined) return start(next, planning, planned);
  planned.waiting.push(waitingFor(task, reason, isInHand(reason) ? [] : others, planning));
  return { reasons: [...reasons, ...againstStart(task, planning)] };
}

/** A task that nothing of its own keeps from starting. */
function start(next: Ranked, planning: Planning, planned: Decided): Omit<Standing, 'taskId'> {
  const { task } = next;
  const against = againstStart(task, planning);
  const eligible = eligibleFor(task, planning);
  const started = takeStart(next, planning);
  const slot = 'why' in eligible ? undefined : slotOf(task, eligible);
  const { maxStarts } = planning.input;
  if (!('why' in started) && planned.starts.length < maxStarts) {
    planned.starts.push(started);
    const { wants: agent, queue } = started;
    return { reasons: [{ why: 'starting', agent, queue }], ...(slot && { slot }) };
  }
  const reason: Reason = 'why' in started ? started : { why: 'starts-limited', limit: maxStarts };
  planned.waiting.push({ taskId: task.id, reason });
  const more = against.filter(({ why }) => why !== reason.why);
  return { reasons: [reason, ...more], ...(slot && { slot }) };
}

function slotOf(
  task: Task,
  { semaphore, pool }: { semaphore: string; pool: string | null },
): NonNullable<Standing['slot']> {
  return { semaphore, agent: pool === null ? task.assignedTo : null };
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

import { compareRank, countWaits, rankOf } from '../rank.ts';
import { isOpen, type Task } from '../task.ts';
import type { Plan, Standing, Waiting } from './decision.ts';
import { isMisplaced, takeInLine } from './in-line.ts';
import type { PlanInput } from './input.ts';
import { type Planning, planningOf, type Ranked } from './planning.ts';
import { isInHand, type Reason, stillOf } from './reason.ts';
import { againstStart, slotFor, takeStart, whyNobody } from './start.ts';
import { taskReasons } from './task-reasons.ts';

/**
 * Decides which tasks start now, whose runs leave the line or change their rank there, and why each other task does not
 * start. The tasks are placed one after the other, in the order of rank.ts. The agent is not chosen here but when a slot is
 * free (slots/grant.ts). Pure and total: the same input in any order gives the same plan.
 */
export function plan(input: PlanInput): Plan {
  return place(input, () => undefined);
}

/**
 * How each open task stands in that plan, in the order in which they would start. It costs more than the plan, and a survey
 * has no use for it.
 */
export function standingsOf(input: PlanInput): Map<number, Standing> {
  const standings = new Map<number, Standing>();
  place(input, (taskId, stands) => standings.set(taskId, { taskId, ...stands() }));
  return standings;
}

/** Is told of each task before the next one is placed. What it is given may be called then only. */
type Tell = (taskId: number, stands: () => Omit<Standing, 'taskId'>) => void;

function place(input: PlanInput, tell: Tell): Plan {
  const open = input.tasks.filter(isOpen);
  const waits = countWaits(input.blockingDisabled ? [] : open);
  const first = new Set(input.first);
  const ranked = inOrder(open.map((task): Ranked => ({ task, rank: rankOf(task, waits, first) })));

  const planning = planningOf(input, open);
  const reasonsOf = taskReasons(input, open, waits.cycles);
  const planned: Plan = { starts: [], waiting: [], inLine: [], misplaced: [], cycles: waits.cycles };
  for (const next of ranked) placeOne(next, reasonsOf(next.task), { planning, planned, tell });
  return planned;
}

/**
 * A sort takes one look at each of what is in order already. Tasks come most urgent first, so those that nobody has put first and
 * nobody waits for mostly are, and they go behind all others.
 */
function inOrder(ranked: readonly Ranked[]): Ranked[] {
  const ahead: Ranked[] = [];
  const behind: Ranked[] = [];
  for (const each of ranked) (each.rank.first || each.rank.dependents > 0 ? ahead : behind).push(each);
  return [ahead, behind].flatMap((part) => part.sort((a, b) => compareRank(a.rank, b.rank)));
}

interface Placing {
  planning: Planning;
  planned: Plan;
  tell: Tell;
}

/** Adds a task to the plan, and takes the capacity that it needs. */
function placeOne(next: Ranked, reasons: readonly Reason[], placing: Placing): void {
  const { planning, planned, tell } = placing;
  const { task } = next;
  const run = planning.lines.runs.get(task.id);
  if (run !== undefined) {
    const inLine = { ranked: next, run, reasons };
    if (isMisplaced(inLine, planning.capacities)) {
      planned.misplaced.push(task.id);
      tell(task.id, () => ({ reasons }));
      return;
    }
    const taken = takeInLine(inLine, planning.capacities);
    planned.inLine.push(taken.inLine);
    tell(task.id, () => ({
      reasons: taken.all,
      slot: { semaphore: run.semaphore, agent: run.wants },
    }));
    return;
  }
  const [reason, ...others] = reasons;
  if (reason === undefined) start(next, placing);
  else if (reason.why === 'running') tell(task.id, () => stillRunning(task, reason, planning));
  else {
    planned.waiting.push(waitingFor(task, reason, isInHand(reason) ? [] : others, planning));
    tell(task.id, () => ({ reasons: [...reasons, ...againstStart(task, planning)] }));
  }
}

/** A task that nothing of its own keeps from starting. */
function start(next: Ranked, { planning, planned, tell }: Placing): void {
  const { task } = next;
  const started = takeStart(next, planning);
  if (!('why' in started) && planned.starts.length < planning.input.maxStarts) {
    planned.starts.push(started);
    const { wants: agent, queue, semaphore } = started;
    tell(task.id, () => ({ reasons: [{ why: 'starting', agent, queue }], slot: { semaphore, agent } }));
    return;
  }
  const reason: Reason =
    'why' in started ? started : { why: 'starts-limited', limit: planning.input.maxStarts };
  planned.waiting.push({ taskId: task.id, reason });
  tell(task.id, () => {
    const slot = slotFor(task, planning);
    const others = againstStart(task, planning).filter(({ why }) => why !== reason.why);
    return { reasons: [reason, ...others], ...(slot && { slot }) };
  });
}

/** What else is so of a task that runs keeps it from nothing. */
function stillRunning({ id }: Task, reason: Reason, { runs }: Planning): Omit<Standing, 'taskId'> {
  const run = runs.get(id);
  return { reasons: [reason], ...(run && { slot: { semaphore: run.semaphore, agent: run.agent } }) };
}

/** A task that waits for this reason, and what will still keep it when that is over. */
function waitingFor(task: Task, reason: Reason, others: readonly Reason[], planning: Planning): Waiting {
  const nobody = whyNobody(task, planning);
  return {
    taskId: task.id,
    reason,
    ...stillOf(reason, [...others, ...(nobody === undefined ? [] : [nobody])]),
  };
}

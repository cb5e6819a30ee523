import type { Standing } from '../plan/decision.ts';
import type { PlanInput } from '../plan/input.ts';
import { standingsOf } from '../plan/plan.ts';
import { type Planning, planningOf } from '../plan/planning.ts';
import type { Reason } from '../plan/reason.ts';
import { againstStart, slotFor } from '../plan/start.ts';
import { subtasksOf } from '../plan/task-reasons.ts';
import { compareRank, countWaits, type Rank, rankOf } from '../rank.ts';
import type { Waiter } from '../slots/pool.ts';
import type { ZoneDays } from '../slots/tokens.ts';
import { isOpen, recipeNamed, type Task } from '../task.ts';
import { isLasting } from './lasting.ts';

/** What is asked about the backlog, from which each draw begins. */
export interface ForecastInput {
  plan: PlanInput;
  /** Task id -> since when its attempt is under way, in milliseconds since the epoch. */
  runningSinceMs: ReadonlyMap<number, number>;
  /** Task id -> until when it backs off at the latest; one that is not known begins at once. */
  backsOffUntilMs: ReadonlyMap<number, number>;
  /** The days of the zones of budgets, from today on; beyond the last of them, and where a zone is missing, days have 24 hours. */
  zones: readonly ZoneDays[];
  /** Tasks that are not there yet; they take their slots as the others do. */
  coming?: readonly ComingTask[];
}

/** A task that a schedule will make. Its id is below 0, so it is that of no other one. */
export interface ComingTask {
  task: Task;
  /** When it will be there, in milliseconds since the epoch. */
  dueMs: number;
}

/** A task, before anything of what follows is played. */
export interface Played {
  task: Task;
  rank: Rank;
  /** It is not there yet. */
  isToCome?: true;
  standing: Standing;
  /** Name of its recipe; null: that of its agent. */
  recipe: string | null;
  how: Beginning;
  /** Task ids that have to be over first. */
  after: readonly number[];
  /** As it asks for a slot; undefined: nobody can have it. */
  waiter: Waiter | undefined;
  semaphore: string | undefined;
}

export type Beginning =
  | { is: 'running'; agent: string | null; sinceMs: number }
  /** In line as soon as the tasks before it are over, and not before `fromMs`. */
  | { is: 'to-run'; fromMs: number }
  /** It is over with the last of its subtasks. */
  | { is: 'parent' }
  | { is: 'kept'; by: Reason };

/** The open tasks and those that are to come, in the order in which they go, by the rules of the planner. */
export function outsetOf(input: ForecastInput): Played[] {
  const { plan, coming = [] } = input;
  const open = plan.tasks.filter(isOpen);
  const standings = standingsOf(plan);
  const planning = planningOf(plan, open);
  const waits = countWaits(plan.blockingDisabled ? [] : open);
  const first = new Set(plan.first);
  const subtasks = subtasksOf(open);
  const byId = new Map(open.map((task) => [task.id, task]));
  const ofBacklog = [...standings.values()].flatMap((standing): Played[] => {
    const task = byId.get(standing.taskId);
    if (task === undefined) return [];
    const slot = standing.slot ?? slotFor(task, planning);
    const how = beginningOf(task, standing, input);
    const rank = rankOf(task, waits, first);
    return [
      {
        ...{ task, rank, standing, how, recipe: recipeNamed(task.tags) ?? null },
        after: how.is === 'parent' ? (subtasks.get(task.id) ?? []) : blockersOf(standing),
        ...waiterOf(task, rank, slot),
      },
    ];
  });
  if (coming.length === 0) return ofBacklog;
  const toCome = coming.map((each) => comingOne(each, planning));
  return [...ofBacklog, ...toCome].sort((a, b) => compareRank(a.rank, b.rank));
}

/** It is in line from its time on. What keeps it for ever is known of it as of one that is there. */
function comingOne({ task, dueMs }: ComingTask, planning: Planning): Played {
  const reasons = againstStart(task, planning);
  const by = reasons.find(isLasting);
  const rank = rankOf(task, countWaits([]), new Set());
  return {
    ...{ task, rank, standing: { taskId: task.id, reasons }, after: [], isToCome: true },
    recipe: recipeNamed(task.tags) ?? null,
    how: by === undefined ? { is: 'to-run', fromMs: dueMs } : { is: 'kept', by },
    ...waiterOf(task, rank, slotFor(task, planning)),
  };
}

function waiterOf({ id }: Task, rank: Rank, slot: Standing['slot']): Pick<Played, 'waiter' | 'semaphore'> {
  const asked = { workflowId: `task-${id}`, runId: '', rank, rankedAtMs: 0, sinceMs: 0 };
  return { waiter: slot && { ...asked, wants: slot.agent }, semaphore: slot?.semaphore };
}

function beginningOf(
  task: Task,
  { reasons }: Standing,
  { plan, runningSinceMs, backsOffUntilMs }: ForecastInput,
): Beginning {
  const [first] = reasons;
  if (first?.why === 'running')
    return { is: 'running', agent: first.agent, sinceMs: runningSinceMs.get(task.id) ?? plan.nowMs };
  const isInHand = first?.why === 'parked' || first?.why === 'backing-off' || first?.why === 'run-dying';
  if (!isInHand && reasons.some(({ why }) => why === 'open-subtasks')) return { is: 'parent' };
  const by = reasons.find(isLasting);
  if (by !== undefined) return { is: 'kept', by };
  const dyingUntilMs = plan.dying[String(task.id)] ?? 0;
  return { is: 'to-run', fromMs: Math.max(plan.nowMs, dyingUntilMs, backsOffUntilMs.get(task.id) ?? 0) };
}

function blockersOf({ reasons }: Standing): number[] {
  return reasons.flatMap((reason) => (reason.why === 'blocked' ? reason.by : []));
}

import type { Standing } from '../plan/decision.ts';
import type { PlanInput } from '../plan/input.ts';
import { standingsOf } from '../plan/plan.ts';
import { planningOf } from '../plan/planning.ts';
import type { Reason } from '../plan/reason.ts';
import { slotFor } from '../plan/start.ts';
import { subtasksOf } from '../plan/task-reasons.ts';
import { countWaits, rankOf } from '../rank.ts';
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
}

/** An open task, before anything of what follows is played. */
export interface Played {
  task: Task;
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

/** The open tasks in the order in which they go, by the rules of the planner. */
export function outsetOf(input: ForecastInput): Played[] {
  const { plan } = input;
  const open = plan.tasks.filter(isOpen);
  const standings = standingsOf(plan);
  const planning = planningOf(plan, open);
  const waits = countWaits(plan.blockingDisabled ? [] : open);
  const first = new Set(plan.first);
  const subtasks = subtasksOf(open);
  const byId = new Map(open.map((task) => [task.id, task]));
  return [...standings.values()].flatMap((standing): Played[] => {
    const task = byId.get(standing.taskId);
    if (task === undefined) return [];
    const slot = standing.slot ?? slotFor(task, planning);
    const how = beginningOf(task, standing, input);
    const asked = { workflowId: `task-${task.id}`, runId: '', rank: rankOf(task, waits, first) };
    return [
      {
        ...{ task, standing, how, recipe: recipeNamed(task.tags) ?? null },
        after: how.is === 'parent' ? (subtasks.get(task.id) ?? []) : blockersOf(standing),
        waiter: slot && { ...asked, rankedAtMs: 0, wants: slot.agent, sinceMs: 0 },
        semaphore: slot?.semaphore,
      },
    ];
  });
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

import type { Task } from '../task.ts';
import type { OpenRun, PlanInput } from './input.ts';
import { type Reason, someOf } from './reason.ts';

/**
 * What keeps a task itself from starting, whatever the agents' slots are: all reasons that hold, in the order in which a
 * person would ask. Where it has a run or cannot be started by us at all, that is the first one.
 */
export function taskReasons(
  input: PlanInput,
  open: readonly Task[],
  cycles: readonly number[][],
): (task: Task) => Reason[] {
  const runs = new Map(input.openRuns.map((run) => [run.taskId, run]));
  const cycleOf = new Map(cycles.flatMap((cycle) => cycle.map((id) => [id, cycle] as const)));
  const subtasks = subtasksOf(open);
  return (task) => {
    const busy = whyInHand(task, runs.get(task.id), input.dying);
    const parts = subtasks.get(task.id) ?? NONE;
    // TinyTask keeps a parent `working` while one of its subtasks is: that does not mean that somebody works on the parent.
    const isElsewhere = busy === undefined && task.status === 'working' && parts.length === 0;
    const cycle = cycleOf.get(task.id);
    const isBlocked = cycle === undefined && !input.blockingDisabled && task.isCurrentlyBlocked;
    const reasons: Reason[] = [];
    if (busy !== undefined) reasons.push(busy);
    if (isElsewhere) reasons.push({ why: 'working-elsewhere', by: task.assignedTo });
    if (cycle !== undefined) reasons.push({ why: 'cycle', ...someOf(cycle) });
    if (isBlocked) reasons.push({ why: 'blocked', by: task.blockedByTaskId ?? 0 });
    if (parts.length > 0) reasons.push({ why: 'open-subtasks', ...someOf(parts.toSorted((a, b) => a - b)) });
    if (!input.enabled) reasons.push({ why: 'scheduler-disabled' });
    if (input.paused) reasons.push({ why: 'scheduler-paused', ...(input.stopped && { stopped: true }) });
    return reasons;
  };
}

const NONE: readonly number[] = [];

/** Its run of now, or processes of its last one, have the task. A run in line does not keep it from starting. */
function whyInHand(task: Task, run: OpenRun | undefined, dying: PlanInput['dying']): Reason | undefined {
  if (run !== undefined && !(run.state === 'active' && task.status === 'idle'))
    return { why: run.state === 'active' ? 'running' : run.state, agent: run.agent };
  const untilMs = dying[task.id];
  return untilMs === undefined ? undefined : { why: 'run-dying', untilMs };
}

/** Task id -> ids of its open subtasks. */
export function subtasksOf(open: readonly Task[]): ReadonlyMap<number, readonly number[]> {
  const subtasks = new Map<number, number[]>();
  for (const { id, parentTaskId } of open) {
    if (parentTaskId === null) continue;
    const siblings = subtasks.get(parentTaskId);
    if (siblings === undefined) subtasks.set(parentTaskId, [id]);
    else siblings.push(id);
  }
  return subtasks;
}

import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import { inBatches } from '../../contract/in-batches.ts';
import { decideReclaim, type LastRun } from '../../domain/attempt/reclaim.ts';
import type { OpenRun } from '../../domain/plan/input.ts';
import type { Task, TaskRef } from '../../domain/task.ts';
import { AT_A_TIME, claimOf, type LookupDeps, lookAtLeft, mayBeLeft } from '../../temporal/left-working.ts';
import type { KnownRun } from '../../temporal/runs.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { commentOnce } from '../../tinytask/comment.ts';
import { beginReading } from '../../tinytask/reading.ts';
import type { Tell } from '../events.ts';

export interface Reclaimed {
  /** All tasks, those that were taken back as they are now. */
  tasks: Task[];
  count: number;
  /** Task id -> until when processes of its lost run may live, in milliseconds since the epoch. */
  dying: Record<string, number>;
  /** Of tasks that could not be taken back, as sentences. */
  errors: string[];
}

type Deps = { client: Client; tinytask: TinyTask; config: Config; tell: Tell };

/** Takes back the tasks that a run of ours left `working` when it was ended from outside. `now`: the server's clock. */
export async function reclaim(
  deps: Deps,
  { tasks, runs, now }: { tasks: readonly Task[]; runs: readonly OpenRun[]; now: () => number },
): Promise<Reclaimed> {
  const left = mayBeLeft(tasks, runs);
  const looked = await inBatches(left, (task) => reclaimOne(deps, task, now), AT_A_TIME);
  const found = new Map(left.map((task, at) => [task.id, looked[at]]));
  const reclaimed: Reclaimed = { tasks: [], count: 0, dying: {}, errors: [] };
  for (const task of tasks) {
    const { taken, dyingUntilMs, error } = found.get(task.id) ?? NOTHING;
    reclaimed.tasks.push(taken ?? task);
    if (taken !== undefined) reclaimed.count += 1;
    if (dyingUntilMs !== undefined) reclaimed.dying[String(task.id)] = dyingUntilMs;
    if (error !== undefined) reclaimed.errors.push(error);
  }
  return reclaimed;
}

interface ReclaimedOne {
  /** The task as it is now. */
  taken?: Task;
  dyingUntilMs?: number;
  error?: string;
}

const NOTHING: ReclaimedOne = {};

async function reclaimOne(deps: Deps, task: Task, now: () => number): Promise<ReclaimedOne> {
  const { decision, last } = await lookAtLeft(deps, task, now());
  if (decision.do === 'wait') return { dyingUntilMs: decision.untilMs };
  if (decision.do === 'leave' || last === undefined) return NOTHING;
  try {
    const taken = await takeBack(deps.tinytask, task.id, last, now());
    if (taken === undefined) return NOTHING;
    deps.tell({ what: 'reclaimed', taskId: task.id, agent: last.agent ?? '', runId: last.runId });
    return { taken };
  } catch (error) {
    const problem = error instanceof Error ? error.message : error;
    return { error: `task ${task.id} could not be reclaimed: ${problem}` };
  }
}

/**
 * Takes back the task of a reset run, where the run before it, which was at an attempt, has left it `working`, and nothing
 * of that one can live any more.
 */
export async function takeBackAfterReset(
  { tinytask, config }: { tinytask: TinyTask; config: LookupDeps['config'] },
  ref: TaskRef,
  before: KnownRun,
  nowMs: number,
): Promise<void> {
  const { createdAt } = ref;
  const last = { ...claimOf(before, config), createdAt, inOrder: false, mayHaveClaimed: true };
  await takeBack(tinytask, ref.id, last, nowMs);
}

export async function takeBack(
  tinytask: TinyTask,
  taskId: number,
  last: LastRun & { runId: string },
  nowMs: number,
): Promise<Task | undefined> {
  const mayWrite = beginReading();
  const task = await tinytask.get(taskId);
  if (task === undefined || decideReclaim(task, last, nowMs).do !== 'reclaim') return undefined;
  const text =
    'Its run was ended from outside before it could write back. The task is idle again; part of the work may be done.';
  await commentOnce(tinytask, task.id, { id: `${last.runId}/reclaimed`, text, mayWrite });
  return tinytask.update(task.id, { status: 'idle' }, mayWrite);
}

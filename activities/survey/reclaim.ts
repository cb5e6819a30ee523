import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import { decideReclaim, type LastRun } from '../../domain/attempt/reclaim.ts';
import type { OpenRun } from '../../domain/plan/input.ts';
import type { Task, TaskRef } from '../../domain/task.ts';
import { claimOf, type Look, lookAtLeft } from '../../temporal/left-working.ts';
import type { KnownRun } from '../../temporal/runs.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { commentOnce } from '../../tinytask/comment.ts';
import { beginReading } from '../../tinytask/reading.ts';
import type { Tell } from '../events.ts';

/** Takes back the tasks that a run of ours left `working` when it was ended from outside. `now`: the server's clock. */
export async function reclaim(
  deps: { client: Client; tinytask: TinyTask; config: Config; tell: Tell },
  tasks: readonly Task[],
  runs: readonly OpenRun[],
  errors: string[],
  now: () => number,
): Promise<{ tasks: Task[]; reclaimed: number; dying: Record<string, number> }> {
  const withRun = new Set(runs.map((run) => run.taskId));
  const dying: Record<string, number> = {};
  let reclaimed = 0;
  const after: Task[] = [];
  for (const task of tasks) {
    after.push(task);
    if (task.status !== 'working' || withRun.has(task.id)) continue;
    const { decision, last } = await lookAtLeft(deps, task, now());
    if (decision.do === 'wait') dying[String(task.id)] = decision.untilMs;
    if (decision.do !== 'reclaim' || last === undefined) continue;
    try {
      const taken = await takeBack(deps.tinytask, task.id, last, now());
      if (taken === undefined) continue;
      after[after.length - 1] = taken;
      reclaimed += 1;
      deps.tell({ what: 'reclaimed', taskId: task.id, agent: last.agent ?? '', runId: last.runId });
    } catch (error) {
      errors.push(
        `task ${task.id} could not be reclaimed: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
  return { tasks: after, reclaimed, dying };
}

/**
 * Takes back the task of a reset run, where the run before it, which was at an attempt, has left it `working`, and nothing
 * of that one can live any more.
 */
export async function takeBackAfterReset(
  { tinytask, config }: { tinytask: TinyTask; config: Look['config'] },
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
  await commentOnce(
    tinytask,
    task.id,
    `${last.runId}/reclaimed`,
    'Its run was ended from outside before it could write back. The task is idle again; part of the work may be done.',
  );
  return tinytask.update(task.id, { status: 'idle' }, mayWrite);
}

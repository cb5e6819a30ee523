import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { OpenRun } from '../domain/plan.ts';
import { decideReclaim } from '../domain/reclaim.ts';
import type { Task } from '../domain/task.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { commentOnce } from './comment.ts';
import { lastRunOf } from './runs.ts';

/** Takes back the tasks that a run of ours left `working` when it was ended from outside. */
export async function reclaim(
  deps: { client: Client; tinytask: TinyTask; config: Config },
  tasks: readonly Task[],
  runs: readonly OpenRun[],
  errors: string[],
): Promise<{ tasks: Task[]; reclaimed: number; ending: Record<string, number> }> {
  const withRun = new Set(runs.map((run) => run.taskId));
  const ending: Record<string, number> = {};
  let reclaimed = 0;
  const after: Task[] = [];
  for (const task of tasks) {
    after.push(task);
    if (task.status !== 'working' || withRun.has(task.id)) continue;
    const last = await lastRunOf(deps.client, task.id);
    const decision = decideReclaim(
      task,
      last && { createdAt: last.memo?.createdAt ?? null, closedAtMs: last.closedAtMs, inOrder: last.inOrder },
      deps.config.heartbeatTimeoutMs,
      Date.now(),
    );
    if (decision.do === 'wait') ending[String(task.id)] = decision.untilMs;
    if (decision.do !== 'reclaim' || last === undefined) continue;
    try {
      const taken = await takeBack(deps.tinytask, task, last.runId);
      if (taken === undefined) continue;
      after[after.length - 1] = taken;
      reclaimed += 1;
    } catch (error) {
      errors.push(
        `task ${task.id} could not be reclaimed: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
  return { tasks: after, reclaimed, ending };
}

async function takeBack(tinytask: TinyTask, listed: Task, runId: string): Promise<Task | undefined> {
  const task = await tinytask.get(listed.id);
  if (task === undefined || task.status !== 'working' || task.updatedAt !== listed.updatedAt)
    return undefined;
  await commentOnce(
    tinytask,
    task.id,
    `${runId}/reclaimed`,
    'Its run was ended from outside before it could write back. The task is idle again; part of the work may be done.',
  );
  return tinytask.update(task.id, { status: 'idle' });
}

import { lastRunOf, openRuns } from '../activities/runs.ts';
import { taskWorkflowId } from '../domain/ids.ts';
import { sayReason } from '../domain/reason.ts';
import type { RunStatus } from '../domain/run.ts';
import { quote } from '../tinytask/errors.ts';
import { planNow } from './plan-now.ts';
import { noTask } from './retry.ts';
import { ask, readStatus, type StatusDeps } from './status.ts';

/** Why a task is where it is, as sentences: its run if it has one, else the planner's reason. */
export async function explainTask(deps: StatusDeps, taskId: number): Promise<string[]> {
  const task = await deps.tinytask.get(taskId);
  if (task === undefined) throw noTask(taskId);
  const lines = [
    `Task ${taskId} ${quote(task.title)} is ${task.archivedAt === null ? task.status : 'archived'}${at(task)}.`,
  ];
  const last = await lastRunOf(deps.client, taskId);
  if (last !== undefined && last.closedAtMs === null) {
    const run = await ask<RunStatus>(deps.client, taskWorkflowId(taskId), 'status');
    lines.push(run?.says ?? `It has an open run on ${last.agent}: ${last.phase}.`);
    if (run?.last) lines.push(`Last attempt: ${run.last.verdict.kind}, ${run.last.verdict.reason}.`);
    return lines;
  }
  const untilMs =
    last === undefined || last.inOrder ? 0 : (last.closedAtMs ?? 0) + deps.config.heartbeatTimeoutMs;
  if (untilMs > Date.now()) {
    lines.push(`Why it does not run: ${sayReason({ why: 'run-ending', untilMs })}.`);
    return lines;
  }
  if (task.status === 'complete' || task.archivedAt !== null) return lines;
  const status = await readStatus(deps);
  if (status.scheduler === 'no-daemon' || status.scheduler === 'never-started') {
    lines.push('No daemon schedules now: `npm start`, `run --daemon`, or `run --once` for one pass.');
  }
  const waiting = await planNow(deps, {
    openRuns: await openRuns(deps.client),
    answer: undefined,
    agents: status.agents,
    paused: status.paused,
  });
  const found = waiting.find((entry) => entry.taskId === taskId);
  if (found !== undefined) lines.push(`Why it does not run: ${sayReason(found.reason)}.`);
  return lines;
}

function at({ assignedTo, queue }: { assignedTo: string | null; queue: string | null }): string {
  if (assignedTo !== null) return `, assigned to ${assignedTo}`;
  return queue === null ? '' : `, in queue ${queue}`;
}

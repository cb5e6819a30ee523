import type { Client } from '@temporalio/client';
import { taskWorkflowId } from '../contract/ids.ts';
import { runStatus } from '../contract/messages.ts';
import type { RunLine } from '../contract/status.ts';
import type { Task } from '../domain/task.ts';
import { ask } from '../temporal/query.ts';
import { lastRunOf } from '../temporal/runs.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { quote } from '../tinytask/errors.ts';
import { sayWaiting } from '../words/reason.ts';
import { sayRun } from '../words/run.ts';
import { sayScheduler } from '../words/scheduler.ts';
import { noTask } from './retry.ts';
import { readSnapshot, type Snapshot, type SnapshotDeps } from './snapshot.ts';
import { runLines, schedulerWord, waitingOf } from './status.ts';

export type ExplainDeps = SnapshotDeps & { client: Client; tinytask: Pick<TinyTask, 'get' | 'listOpen'> };

/** Why a task is where it is, as sentences: its run if it has one, else the planner's reason. */
export async function explainTask(deps: ExplainDeps, taskId: number): Promise<string[]> {
  const task = await deps.tinytask.get(taskId);
  if (task === undefined) throw noTask(taskId);
  const head = `Task ${taskId} ${quote(task.title)} is ${task.archivedAt === null ? task.status : 'archived'}${at(task)}.`;
  if (task.status === 'complete' || task.archivedAt !== null)
    return [head, ...(await leftOpen(deps, taskId))];

  const snapshot = await readSnapshot(deps);
  const line = runLines(snapshot, deps.config.heartbeatTimeoutMs).find((run) => run.taskId === taskId);
  const found = snapshot.planned && waitingOf(snapshot.planned).find((entry) => entry.taskId === taskId);
  const why =
    line !== undefined
      ? [`It ${sayRun(line)}.`, ...(await aboutRun(deps, snapshot, line))]
      : found === undefined
        ? snapshot.problems
        : [`Why it does not run: ${sayWaiting(found)}.`];
  const word = schedulerWord(snapshot.scheduler);
  const headline = word === 'running' ? [] : [`Scheduler: ${sayScheduler(snapshot.scheduler)}.`];
  return [head, ...why, ...headline];
}

/** A run says more about itself where somebody serves it: why it is parked, until when it backs off. */
async function aboutRun(
  { client }: ExplainDeps,
  { scheduler, answer }: Snapshot,
  { taskId, state }: RunLine,
): Promise<string[]> {
  if (scheduler.daemon === null && answer === undefined) return [];
  const run = await ask(client, taskWorkflowId(taskId), runStatus);
  const says = run && (state === 'backing-off' || state === 'parked') ? [run.says] : [];
  const last = run?.last ? [`Last attempt: ${run.last.verdict.kind}, ${run.last.verdict.reason}.`] : [];
  return [...says, ...last];
}

/** The run of a task that a person completed ends when the scheduler looks. */
async function leftOpen({ client }: ExplainDeps, taskId: number): Promise<string[]> {
  const last = await lastRunOf(client, taskId);
  if (last === undefined || last.closedAtMs !== null) return [];
  return [
    `Its run (${last.phase}${last.agent === null ? '' : `, on ${last.agent}`}) ends as soon as the scheduler looks.`,
  ];
}

function at({ assignedTo, queue }: Task): string {
  if (assignedTo !== null) return `, assigned to ${assignedTo}`;
  return queue === null ? '' : `, in queue ${queue}`;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import { type KnownRun, lastRunOf } from '../temporal/runs.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { sayWhose } from '../words/whose.ts';
import { noTask } from './retry.ts';

export interface CancelDeps {
  client: Client;
  tinytask: Pick<TinyTask, 'get'>;
  config: Pick<Config, 'killGraceMs'>;
}

const LOOK_MS = 250;
/** What a run needs beyond the grace of its goose: the word to the host, the write to TinyTask. */
const BEYOND_GRACE_MS = 15_000;

/**
 * Cancels the run of a task, and waits until it has come to rest: its goose is stopped, the task is idle, and the run is
 * parked until `retry`. Returns what became of it, as a sentence. Throws when there is no run that could be cancelled, and
 * when nobody carries it out in time.
 */
export async function cancelTask(deps: CancelDeps, taskId: number): Promise<string> {
  const run = await lastRunOf(deps.client, taskId);
  if (run === undefined || run.closedAtMs !== null) throw await nothingToCancel(deps.tinytask, taskId);
  if (run.phase === 'parked') return `Task ${taskId} is parked already; \`retry ${taskId}\` runs it again.`;
  await deps.client.workflow.getHandle(run.workflowId).cancel();
  const untilMs = Date.now() + deps.config.killGraceMs + BEYOND_GRACE_MS;
  for (;;) {
    const now = (await lastRunOf(deps.client, taskId)) ?? run;
    if (now.closedAtMs !== null) return await whatBecameOf(deps.tinytask, taskId);
    if (now.phase === 'parked') return `${parked(taskId, run)} \`retry ${taskId}\` runs it again.`;
    if (Date.now() > untilMs) throw notYet(taskId, now);
    await sleep(LOOK_MS);
  }
}

function parked(taskId: number, { phase, agent, memo }: KnownRun): string {
  const whose = memo === null ? 'its agent' : sayWhose(memo);
  const what =
    phase === 'running' ? `Its goose on ${agent} was stopped` : `It no longer waits for a slot of ${whose}`;
  return `Task ${taskId} is cancelled. ${what}; it is idle, and parked.`;
}

/** Its run ended at the same moment in another way. */
async function whatBecameOf(tinytask: CancelDeps['tinytask'], taskId: number): Promise<string> {
  const task = await tinytask.get(taskId);
  const state =
    task === undefined ? 'gone from TinyTask' : task.archivedAt === null ? task.status : 'archived';
  return `The run of task ${taskId} ended before it could be cancelled; the task is ${state}.`;
}

async function nothingToCancel(tinytask: CancelDeps['tinytask'], taskId: number): Promise<Error> {
  const task = await tinytask.get(taskId);
  if (task === undefined) return noTask(taskId);
  if (task.status === 'complete')
    return new Error(`Task ${taskId} is complete, so there is nothing to cancel.`);
  return new Error(
    `Task ${taskId} is ${task.status} and has no run, so there is nothing to cancel. ` +
      'To keep it from starting, archive it, or take its queue and agent away in TinyTask.',
  );
}

function notYet(taskId: number, { phase, agent }: KnownRun): Error {
  return new Error(
    `Task ${taskId} was asked to stop and is still ${phase}${agent === null ? '' : ` on ${agent}`}: no worker has carried it out yet. ` +
      `One that starts does so first; \`explain ${taskId}\` tells how far it is.`,
  );
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { Note } from '../contract/by-hand.ts';
import { note } from '../contract/messages.ts';
import type { Cancelled } from '../contract/status.ts';
import { lastRunOf } from '../temporal/runs.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { schedulerError } from '../words/errors.ts';
import { whoseOf } from './run-line.ts';

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
 * parked until `retry`. Returns what became of it.
 * @throws `no-such-task` @throws `nothing-to-cancel` @throws `not-cancelled-yet` when nobody carries it out in time
 */
export async function cancelTask(deps: CancelDeps, taskId: number, said?: Note): Promise<Cancelled> {
  const run = await lastRunOf(deps.client, taskId);
  if (run === undefined || run.closedAtMs !== null) throw await nothingToCancel(deps.tinytask, taskId);
  const { phase: was, agent } = run;
  if (was === 'parked') return { taskId, did: 'nothing', since: 'parked' };
  await askToCancel(deps.client, run.workflowId, said);
  const untilMs = performance.now() + deps.config.killGraceMs + BEYOND_GRACE_MS;
  for (;;) {
    const now = (await lastRunOf(deps.client, taskId)) ?? run;
    if (now.closedAtMs !== null) return await whatBecameOf(deps.tinytask, taskId);
    if (now.phase === 'parked') return { taskId, did: 'cancelled', was, agent, whose: whoseOf(run) };
    if (performance.now() > untilMs)
      throw schedulerError({ code: 'not-cancelled-yet', taskId, phase: now.phase, agent: now.agent });
    await sleep(LOOK_MS);
  }
}

/** One that has ended meanwhile is found so by the next look. */
async function askToCancel(client: Client, workflowId: string, said: Note | undefined): Promise<void> {
  try {
    if (said !== undefined) await client.workflow.getHandle(workflowId).signal(note, said);
    await client.workflow.getHandle(workflowId).cancel();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** Its run ended at the same moment in another way. */
async function whatBecameOf(tinytask: CancelDeps['tinytask'], taskId: number): Promise<Cancelled> {
  const found = await tinytask.get(taskId);
  const task = found === undefined ? null : found.archivedAt === null ? found.status : 'archived';
  return { taskId, did: 'nothing', since: 'over', task };
}

async function nothingToCancel(tinytask: CancelDeps['tinytask'], taskId: number): Promise<Error> {
  const task = await tinytask.get(taskId);
  if (task === undefined) return schedulerError({ code: 'no-such-task', taskId });
  return schedulerError({ code: 'nothing-to-cancel', taskId, status: task.status });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { lookAgain, note } from '../../contract/messages.ts';
import type { TaskLook } from '../../contract/occurrence.ts';
import { isSameTask, type TaskRef } from '../../domain/task.ts';
import { type KnownRun, lastRunOf } from '../../temporal/runs.ts';
import { signalled } from '../../temporal/signalled.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { commentOnce } from '../../tinytask/comment.ts';
import { beginReading } from '../../tinytask/reading.ts';
import { lookAtTask } from './look.ts';
import { orRefused, unlessGone } from './writing.ts';

const LOOK_MS = 250;
/** Of a minute that the activity may take; then it is tried again. */
const PATIENCE_MS = 40_000;

/**
 * The task of an occurrence is wanted no more: it is archived, with why, and its run ends. What is complete by then stays as it
 * is. Resolves when no run of it is left.
 */
export async function callOff(
  deps: { client: Client; tinytask: TinyTask },
  ref: TaskRef,
  why: string,
): Promise<TaskLook> {
  const { client, tinytask } = deps;
  const mayWrite = beginReading();
  const task = await tinytask.get(ref.id);
  const isThere = task !== undefined && isSameTask(task, ref);
  if (!isThere) return lookAtTask(deps, ref);
  const isToArchive = task.status !== 'complete' && task.archivedAt === null;
  if (isToArchive) await orRefused(unlessGone(archive(tinytask, ref, why, mayWrite)));
  const sinceMs = performance.now();
  for (let told = false; ; told = true) {
    const run = await lastRunOf(client, ref.id);
    if (run === undefined || run.closedAtMs !== null || run.memo?.createdAt !== ref.createdAt) break;
    if (!told) await end(client, run, why);
    if (performance.now() - sinceMs > PATIENCE_MS)
      throw new Error(`the run of task ${ref.id} has not ended yet`);
    await sleep(LOOK_MS);
  }
  return lookAtTask(deps, ref);
}

async function archive(
  tinytask: TinyTask,
  { id, createdAt }: TaskRef,
  why: string,
  mayWrite: () => void,
): Promise<void> {
  const text = `Archived, since its occurrence was stopped: ${why}.`;
  await commentOnce(tinytask, id, { id: `call-off/${createdAt}`, text, mayWrite });
  await tinytask.archive(id, mayWrite);
}

/** A run that finds its task archived or complete ends; one that is at an attempt has to be stopped first. */
async function end(client: Client, { workflowId, phase }: KnownRun, why: string): Promise<void> {
  if (phase !== 'running') return void (await signalled(client, workflowId, lookAgain));
  await signalled(client, workflowId, note, { note: why });
  try {
    await client.workflow.getHandle(workflowId).cancel();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

import type { Client } from '@temporalio/client';
import { retry, runNow } from '../contract/messages.ts';
import { lastRunOf } from '../temporal/runs.ts';
import { signalScheduler } from '../temporal/scheduler.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { commentOnce } from '../tinytask/comment.ts';
import { beginReading } from '../tinytask/reading.ts';
import { sayWhose } from '../words/whose.ts';

/**
 * Runs a task again that waits for a person: un-parks it, skips its back-off, or takes it back when it is
 * `working` and no run of ours has it. Returns what was done, as a sentence.
 */
export async function retryTask(
  deps: { client: Client; tinytask: TinyTask },
  taskId: number,
): Promise<string> {
  const mayWrite = beginReading();
  const task = await deps.tinytask.get(taskId);
  if (task === undefined) throw noTask(taskId);
  // Whatever run it has left ends when the scheduler looks.
  if (task.status === 'complete')
    return `Task ${taskId} is complete; set it to idle in TinyTask to run it again.`;
  const last = await lastRunOf(deps.client, taskId);
  if (last !== undefined && last.closedAtMs === null) {
    if (last.phase === 'running')
      return `Task ${taskId} is running on ${last.agent}; there is nothing to retry.`;
    const whose = last.memo === null ? 'its agent' : sayWhose(last.memo);
    // The signal would count later, when somebody has cancelled it.
    if (last.phase === 'waiting') return `Task ${taskId} already waits for a slot of ${whose}.`;
    await deps.client.workflow.getHandle(last.workflowId, last.runId).signal(retry);
    return `Task ${taskId} runs again as soon as ${whose} has a free slot, with a full set of attempts.`;
  }
  if (task.status === 'working') {
    await commentOnce(deps.tinytask, taskId, `retry-${Date.now()}`, 'Taken back by hand: idle again.');
    await deps.tinytask.update(taskId, { status: 'idle' }, mayWrite);
  }
  await signalScheduler(deps.client, runNow, [taskId]);
  return task.status === 'working'
    ? `Task ${taskId} was taken back from ${task.assignedTo ?? 'nobody'} and runs next.`
    : `Task ${taskId} has no run that waits; it was put first in line.`;
}

export function noTask(taskId: number): Error {
  return new Error(`TinyTask has no task ${taskId}.`);
}

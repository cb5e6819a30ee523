import type { Client } from '@temporalio/client';
import type { Attempt } from '../contract/attempts.ts';
import { taskWorkflowId } from '../contract/ids.ts';
import { attemptsOf, readHistory } from '../temporal/attempts.ts';
import { lookAtRun } from '../temporal/runs.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { schedulerError } from '../words/errors.ts';

export interface AttemptsDeps {
  client: Client;
  tinytask: Pick<TinyTask, 'get'>;
}

/**
 * The attempts at a task, oldest first, as far as the server still has its runs. TinyTask is asked only where no run is
 * known. @throws `no-such-task`
 */
export async function attemptsAt({ client, tinytask }: AttemptsDeps, taskId: number): Promise<Attempt[]> {
  const found = await attemptsOf(client, { id: taskId });
  if (found !== undefined) return found;
  if ((await tinytask.get(taskId)) === undefined) throw schedulerError({ code: 'no-such-task', taskId });
  return [];
}

/** The same attempt as it is now; undefined when the server has its run no more. */
export async function attemptNow(
  client: Client,
  { taskId, runId, number }: Attempt,
): Promise<Attempt | undefined> {
  const run = await lookAtRun(client, taskWorkflowId(taskId), runId);
  const told = run && (await readHistory(client, run));
  return told?.attempts.findLast((attempt) => attempt.number === number);
}

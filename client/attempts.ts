import type { Client } from '@temporalio/client';
import { taskWorkflowId } from '../contract/ids.ts';
import type { Attempt } from '../contract/listings.ts';
import { hostOf, readHistory } from '../temporal/attempts.ts';
import { type KnownRun, lastRunOf, lookAtRun, runsOf } from '../temporal/runs.ts';
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
  const [listed, newest] = await Promise.all([
    runsOf(client, taskWorkflowId(taskId)),
    lastRunOf(client, taskId),
  ]);
  if (newest === undefined) {
    if ((await tinytask.get(taskId)) === undefined) throw schedulerError({ code: 'no-such-task', taskId });
    return [];
  }
  // The list lags, and an earlier TinyTask may have had another task of this id.
  const runs = [newest, ...listed.filter((run) => run.runId !== newest.runId && isOfSameTask(run, newest))];
  const found = await Promise.all(runs.reverse().map((run) => attemptsOf(client, run)));
  const byNumber = new Map<string, Attempt>();
  // A run that was reset begins with what the run before it did.
  for (const attempt of found.flat()) {
    const key = `${attempt.number} ${attempt.sentAtMs}`;
    if (!byNumber.has(key)) byNumber.set(key, attempt);
  }
  return [...byNumber.values()].sort((a, b) => a.sentAtMs - b.sentAtMs);
}

/** The same attempt as it is now; undefined when the server has its run no more. */
export async function attemptNow(
  client: Client,
  { taskId, runId, number }: Attempt,
): Promise<Attempt | undefined> {
  const run = await lookAtRun(client, taskWorkflowId(taskId), runId);
  const attempts = run === undefined ? [] : await attemptsOf(client, run);
  return attempts.findLast((attempt) => attempt.number === number);
}

async function attemptsOf(client: Client, run: KnownRun): Promise<Attempt[]> {
  const attempts = (await readHistory(client, run))?.attempts ?? [];
  const last = attempts.at(-1);
  if (last === undefined || last.endedAtMs !== null) return attempts;
  // Its start is in no history before its end.
  last.host ??= hostOf(run.attempt?.worker);
  // The run was ended from outside.
  last.endedAtMs = run.closedAtMs;
  return attempts;
}

function isOfSameTask({ memo }: KnownRun, newest: KnownRun): boolean {
  return memo === null || newest.memo === null || memo.createdAt === newest.memo.createdAt;
}

import type { Client } from '@temporalio/client';
import type { Note } from '../contract/by-hand.ts';
import { lookAgain } from '../contract/messages.ts';
import type { Removed } from '../contract/status.ts';
import { lastRunOf } from '../temporal/runs.ts';
import { signalled } from '../temporal/signalled.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { commentOnce } from '../tinytask/comment.ts';
import { beginReading } from '../tinytask/reading.ts';
import { sayWho } from '../words/deed.ts';
import { schedulerError } from '../words/errors.ts';

export interface RemoveDeps {
  client: Client;
  tinytask: TinyTask;
}

/**
 * Takes out a task that nobody works on: it is archived in TinyTask, with a comment of who did it, and a run that it has in line
 * or at rest ends. Should its run begin in this moment, that one finds its task archived, and stops.
 * @throws `no-such-task` @throws `task-runs`
 */
export async function removeTask(deps: RemoveDeps, taskId: number, note?: Note): Promise<Removed> {
  const { client, tinytask } = deps;
  const mayWrite = beginReading();
  const task = await tinytask.get(taskId);
  if (task === undefined) throw schedulerError({ code: 'no-such-task', taskId });
  if (task.archivedAt !== null) return { taskId, did: 'nothing', since: 'archived' };
  if (task.status === 'complete') return { taskId, did: 'nothing', since: 'complete' };
  const last = await lastRunOf(client, taskId);
  const run = last !== undefined && last.closedAtMs === null ? last : undefined;
  if (task.status === 'working' || run?.phase === 'running')
    throw schedulerError({ code: 'task-runs', taskId, agent: run?.agent ?? task.assignedTo });
  const text = `Archived by hand${sayWho(note)}.`;
  await commentOnce(tinytask, taskId, { id: `remove-${task.createdAt}`, text, mayWrite });
  await tinytask.archive(taskId, mayWrite);
  if (run !== undefined) await signalled(client, run.workflowId, lookAgain);
  return { taskId, did: 'removed' };
}

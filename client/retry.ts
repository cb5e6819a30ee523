import type { Client } from '@temporalio/client';
import type { Note } from '../contract/by-hand.ts';
import { retry, runNow } from '../contract/messages.ts';
import type { Retried } from '../contract/status.ts';
import { type KnownRun, lastRunOf } from '../temporal/runs.ts';
import { signalScheduler } from '../temporal/scheduler.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { commentOnce } from '../tinytask/comment.ts';
import { beginReading } from '../tinytask/reading.ts';
import { sayWho } from '../words/deed.ts';
import { schedulerError } from '../words/errors.ts';
import { whoseOf } from './run-line.ts';

/**
 * Runs a task again that waits for a person: un-parks it, skips its back-off, or takes it back when it is
 * `working` and no run of ours has it. Returns what was done.
 * @throws `no-such-task`
 */
export async function retryTask(
  deps: { client: Client; tinytask: TinyTask },
  taskId: number,
  note?: Note,
): Promise<Retried> {
  const mayWrite = beginReading();
  const task = await deps.tinytask.get(taskId);
  if (task === undefined) throw schedulerError({ code: 'no-such-task', taskId });
  // Whatever run it has left ends when the scheduler looks.
  if (task.status === 'complete') return { taskId, did: 'nothing', since: 'complete' };
  const last = await lastRunOf(deps.client, taskId);
  if (last !== undefined && last.closedAtMs === null) return retryRun(deps, last, note);
  if (task.status === 'working') {
    // What it says is so by then: nobody does it again where this fails.
    await deps.tinytask.update(taskId, { status: 'idle' }, mayWrite);
    const text = `Taken back by hand${sayWho(note)}: idle again.`;
    await commentOnce(deps.tinytask, taskId, { id: `retry-${Date.now()}`, text });
  }
  await signalScheduler(deps.client, runNow, [taskId]);
  return task.status === 'working'
    ? { taskId, did: 'taken-back', from: task.assignedTo }
    : { taskId, did: 'put-first' };
}

async function retryRun(
  { client, tinytask }: { client: Client; tinytask: TinyTask },
  run: KnownRun,
  note: Note | undefined,
): Promise<Retried> {
  const { taskId, phase, agent, workflowId, runId, memo } = run;
  if (phase === 'running') return { taskId, did: 'nothing', since: 'running', agent };
  const whose = whoseOf(run);
  // The signal would count later, when somebody has cancelled it.
  if (phase === 'waiting') return { taskId, did: 'nothing', since: 'in-line', whose };
  await client.workflow.getHandle(workflowId, runId).signal(retry, note);
  if (phase === 'parked' && note !== undefined) {
    const why = memo?.why === undefined ? '' : ` It was parked: ${memo.why}.`;
    const text = `Called back by hand${sayWho(note)}.${why}`;
    await commentOnce(tinytask, taskId, { id: `retry-${Date.now()}`, text });
  }
  return { taskId, did: phase === 'parked' ? 'un-parked' : 'skipped-back-off', whose };
}

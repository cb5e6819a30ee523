import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { taskWorkflowId } from '../../contract/ids.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import type { System } from './system.ts';

/** Resets the task's run to its first or last workflow task, as people do in the Web UI. */
export async function resetTask(
  system: Pick<System, 'client'>,
  taskId: number,
  to: 'first' | 'last',
): Promise<void> {
  const run = await lastRunOf(system.client, taskId);
  await resetRun(system.client, { workflowId: taskWorkflowId(taskId), runId: run?.runId ?? '' }, to);
}

/** The same of a run of any workflow; gives the id of the new run. */
export async function resetRun(
  client: Client,
  run: { workflowId: string; runId: string },
  to: 'first' | 'last',
): Promise<string> {
  const { events } = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
  const completed = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  const event = to === 'first' ? completed[0] : completed.at(-1);
  const { runId } = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: run,
    reason: 'by hand',
    requestId: randomUUID(),
    workflowTaskFinishEventId: event?.eventId ?? null,
  });
  return runId;
}

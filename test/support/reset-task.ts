import { randomUUID } from 'node:crypto';
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
  const { workflowId, runId } = { workflowId: taskWorkflowId(taskId), runId: run?.runId ?? '' };
  const { events } = await system.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const completed = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  const event = to === 'first' ? completed[0] : completed.at(-1);
  await system.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    reason: 'by hand',
    requestId: randomUUID(),
    workflowTaskFinishEventId: event?.eventId ?? null,
  });
}

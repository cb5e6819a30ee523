import type { Client } from '@temporalio/client';

/**
 * Whether a run was made by a reset. Its history then begins with that of the run before it, which was ended from
 * outside and so could not write back what became of its task.
 */
export async function wasReset(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
): Promise<boolean> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  return Boolean(started?.originalExecutionRunId) && started?.originalExecutionRunId !== runId;
}

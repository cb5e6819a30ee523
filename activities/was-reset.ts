import type { Client } from '@temporalio/client';
import { type KnownRun, runsOf } from './runs.ts';

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

/**
 * The run that a reset run goes on from, if that one had a slot: the newest of the workflow id with an agent. It may have
 * set the task to `working` for its agent, which the reset run does not know. Undefined for a run that was not reset.
 */
export async function runBeforeReset(
  client: Client,
  execution: { workflowId: string; runId: string },
): Promise<KnownRun | undefined> {
  if (!(await wasReset(client, execution))) return undefined;
  const runs = await runsOf(client, execution.workflowId);
  return runs.find(({ runId, closedAtMs, agent }) => {
    return runId !== execution.runId && closedAtMs !== null && agent !== null;
  });
}

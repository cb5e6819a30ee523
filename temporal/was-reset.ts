import type { Client } from '@temporalio/client';
import { type KnownRun, runsOf } from './runs.ts';

type Execution = { workflowId: string; runId: string };

/** So often a run is continued as new at most, until it is taken for one that was not reset. */
const LONGEST_CHAIN = 50;

/**
 * Whether a run was made by a reset, or goes on as new from one that was. Its history then begins with that of the run
 * before it, which was ended from outside and so could not write back what became of its task.
 */
export async function wasReset(client: Client, { workflowId, runId }: Execution): Promise<boolean> {
  let at = runId;
  for (let looked = 0; looked < LONGEST_CHAIN; looked += 1) {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId: at },
      maximumPageSize: 1,
    });
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    if (started?.originalExecutionRunId && started.originalExecutionRunId !== at) return true;
    if (!started?.continuedExecutionRunId) return false;
    at = started.continuedExecutionRunId;
  }
  return false;
}

/**
 * The run that a reset run goes on from, if that one had a slot. It may have set the task to `working` for its agent,
 * which the reset run does not know. Undefined for a run that was not reset.
 */
export async function runBeforeReset(client: Client, execution: Execution): Promise<KnownRun | undefined> {
  return (await wasReset(client, execution)) ? runBefore(client, execution) : undefined;
}

/** The newest other run of the workflow id that had a slot and was ended from outside. */
export async function runBefore(client: Client, execution: Execution): Promise<KnownRun | undefined> {
  const runs = await runsOf(client, execution.workflowId);
  return runs.find(({ runId, closedAtMs, inOrder, continued, agent }) => {
    return runId !== execution.runId && closedAtMs !== null && !inOrder && !continued && agent !== null;
  });
}

import type { Client } from '@temporalio/client';
import { type SemaphoreMemo, semaphoreMemoIn } from '../contract/memos.ts';
import { POOL_SEMAPHORE } from '../contract/workflows.ts';

/** As the server's list has them: one that was started a moment ago may be missing, and is asked all the same. */
export async function runningSemaphores(client: Client): Promise<Map<string, SemaphoreMemo | undefined>> {
  const query = `WorkflowType = "${POOL_SEMAPHORE}" AND ExecutionStatus = "Running"`;
  const found = new Map<string, SemaphoreMemo | undefined>();
  for await (const { workflowId, memo } of client.workflow.list({ query, pageSize: 1_000 }))
    found.set(workflowId, semaphoreMemoIn(memo));
  return found;
}

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { inBatches } from '../../contract/in-batches.ts';
import { occurrenceMemoIn } from '../../contract/memos.ts';
import type { KnownOccurrence } from '../../contract/occurrences-input.ts';
import { SCHEDULED_RUN } from '../../contract/workflows.ts';
import { jobKeyOf } from '../../domain/schedule/definition.ts';

/**
 * The open occurrences that were let in, as the admission knows them, oldest first. Each is read by itself: the server's list
 * lags behind.
 */
export async function occurrencesUnderWay(client: Client): Promise<KnownOccurrence[]> {
  const query = `WorkflowType = "${SCHEDULED_RUN}" AND ExecutionStatus = "Running"`;
  const listed: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1_000 }))
    listed.push(workflowId);
  const found = await inBatches(listed, (id) => workingOne(client, id), 25);
  return found.filter((each) => each !== undefined).sort((a, b) => (a.enteredMs ?? 0) - (b.enteredMs ?? 0));
}

async function workingOne(client: Client, workflowId: string): Promise<KnownOccurrence | undefined> {
  try {
    const { status, memo, raw, startTime } = await client.workflow.getHandle(workflowId).describe();
    const { phase, begun, schedule, plannedMs = 0 } = occurrenceMemoIn(memo) ?? {};
    const runId = raw.workflowExecutionInfo?.firstRunId;
    if (status.name !== 'RUNNING' || phase !== 'working' || !begun || !schedule || !runId) return undefined;
    const { maxPerJob = null, maxGlobal = null, overlap, priority } = begun.definition;
    const atMs = startTime.getTime();
    return {
      ...{ workflowId, runId, schedule, plannedMs, jobKey: jobKeyOf(begun.definition) },
      ...{ maxPerJob, maxGlobal, overlap, priority, enteredMs: atMs, askedMs: atMs },
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

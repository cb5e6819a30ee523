import type { Client } from '@temporalio/client';
import { SCHEDULER_ID } from '../contract/ids.ts';
import { inBatches } from '../contract/in-batches.ts';
import type { PassFilter, PastPasses } from '../contract/listings.ts';
import type { PassReport } from '../contract/pass.ts';
import type { SchedulerInput } from '../contract/scheduler-input.ts';
import { readableOf } from './described.ts';

/**
 * The last full pass of each run of the scheduler but the present one, newest first: the run that follows it has begun with its report,
 * so one event of each is read. As far as the namespace keeps its runs.
 */
export async function pastPasses(client: Client, { limit, beforeMs }: PassFilter): Promise<PastPasses> {
  const runs: { runId: string; startTime: Date }[] = [];
  const before = beforeMs === undefined ? '' : ` AND StartTime < "${new Date(beforeMs).toISOString()}"`;
  const query = `WorkflowId = "${SCHEDULER_ID}"${before}`;
  for await (const run of client.workflow.list({ query, pageSize: limit + 1 })) {
    if (runs.push(run) > limit) break;
  }
  const shown = runs.slice(0, limit);
  const reports = await inBatches(shown, ({ runId }) => begunWith(client, runId));
  const byTime = new Map(reports.flatMap((report) => (report === undefined ? [] : [[report.atMs, report]])));
  const last = shown.at(-1);
  return {
    // A run that has made no pass of its own hands on that of the one before it.
    passes: [...byTime.values()].sort((a, b) => b.atMs - a.atMs),
    beforeMs: runs.length > limit && last !== undefined ? last.startTime.getTime() : null,
  };
}

/** Undefined: it was the first, or is kept no more. */
async function begunWith(client: Client, runId: string): Promise<PassReport | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId: SCHEDULER_ID, runId },
    maximumPageSize: 1,
  });
  const [begun] = history?.events ?? [];
  const [input] = readableOf(begun?.workflowExecutionStartedEventAttributes?.input?.payloads);
  return (input as SchedulerInput | null | undefined)?.lastPass ?? undefined;
}

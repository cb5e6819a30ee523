import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { AGENT, PHASE, QUEUE, TASK_ID } from '../contract/attributes.ts';
import type { HowEnded } from '../contract/listings.ts';
import { type RunMemo, runMemoIn } from '../contract/memos.ts';
import type { Phase } from '../contract/run.ts';
import { RUN_TASK } from '../contract/workflows.ts';

/** A `runTask` run that is over, as the server's list has it. */
export interface ListedEnd {
  workflowId: string;
  runId: string;
  taskId: number;
  /** That had its slot last, or alone might have had it; null: nobody. */
  agent: string | null;
  queue: string | null;
  /** In which it ended: `waiting` where it left the line. Null: its search attributes do not tell. */
  phase: Phase | null;
  /** Milliseconds since the epoch, as the next. */
  startedAtMs: number;
  endedAtMs: number;
  how: HowEnded;
  memo: RunMemo | null;
}

const PAGE = 1_000;

/** By the server's name of it. One that goes on as the next run of its id has not ended. */
const HOW: Record<string, HowEnded> = {
  COMPLETED: 'by-itself',
  FAILED: 'failed',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
  CANCELLED: 'cancelled',
};
const STATUSES = ['Completed', 'Failed', 'Terminated', 'TimedOut', 'Canceled'];

/**
 * Runs that have ended, newest first: the server lists them so. A run that ended a moment ago may not be listed yet, and
 * one that ended longer ago than the namespace keeps is gone.
 *
 * @param of.sinceMs ended since, in milliseconds since the epoch
 * @param of.agent a name by the rule for names
 * @param of.most how many are read at most; `more` says that there are others
 */
export async function endedRuns(
  client: Client,
  { sinceMs, agent, most }: { sinceMs?: number | undefined; agent?: string | undefined; most: number },
): Promise<{ runs: ListedEnd[]; more: boolean }> {
  const clauses = [
    `WorkflowType = "${RUN_TASK}"`,
    `ExecutionStatus IN (${STATUSES.map((status) => `"${status}"`).join(', ')})`,
    ...(sinceMs === undefined ? [] : [`CloseTime >= "${new Date(sinceMs).toISOString()}"`]),
    ...(agent === undefined ? [] : [`${AGENT.name} = "${agent}"`]),
  ];
  const runs: ListedEnd[] = [];
  const pageSize = Math.min(PAGE, most + 1);
  for await (const run of client.workflow.list({ query: clauses.join(' AND '), pageSize })) {
    if (runs.length === most) return { runs, more: true };
    runs.push(listed(run));
  }
  return { runs, more: false };
}

function listed(run: WorkflowExecutionInfo): ListedEnd {
  const attribute = ({ name }: { name: string }) => {
    const values = run.searchAttributes[name];
    return Array.isArray(values) && values[0] !== undefined ? String(values[0]) : null;
  };
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    taskId: Number(attribute(TASK_ID)),
    agent: attribute(AGENT),
    queue: attribute(QUEUE),
    phase: attribute(PHASE) as Phase | null,
    startedAtMs: run.startTime.getTime(),
    endedAtMs: (run.closeTime ?? run.startTime).getTime(),
    how: HOW[run.status.name] ?? 'failed',
    memo: runMemoIn(run.memo) ?? null,
  };
}

import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { ClosedRun, ToldByHistory } from '../contract/attempts.ts';
import { AGENT, PHASE, QUEUE, TASK_ID } from '../contract/attributes.ts';
import { inBatches } from '../contract/in-batches.ts';
import type { RunPlace } from '../contract/listings.ts';
import { runMemoIn } from '../contract/memos.ts';
import type { Phase } from '../contract/run.ts';
import { RUN_TASK } from '../contract/workflows.ts';
import { readHistory } from './attempts.ts';

const PAGE = 1_000;

/** By the server's name of it. */
const HOW: Record<string, ClosedRun['how']> = {
  COMPLETED: 'by-itself',
  CONTINUED_AS_NEW: 'continued',
  FAILED: 'failed',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
  CANCELLED: 'cancelled',
};
const STATUSES = ['Completed', 'Failed', 'Terminated', 'TimedOut', 'Canceled'];

export interface WhichEnded {
  /** Ended since, in milliseconds since the epoch. */
  sinceMs?: number | undefined;
  /** Ended before, likewise. */
  untilMs?: number | undefined;
  /** A name by the rule for names. */
  agent?: string | undefined;
  /** How many are read at most; `more` says that there are others. */
  most: number;
  /** Only what comes after it. */
  before?: RunPlace | undefined;
  /** Also those that go on as the next run of their id, which have not ended but have made attempts. */
  continued?: true;
}

/**
 * Runs that have ended, newest first. A run that ended a moment ago may not be listed yet, and one that ended longer ago
 * than the namespace keeps (keptForMs) is gone.
 */
export async function endedRuns(
  client: Client,
  { sinceMs, untilMs, agent, most, continued, before }: WhichEnded,
): Promise<{ runs: ClosedRun[]; more: boolean }> {
  const statuses = [...STATUSES, ...(continued ? ['ContinuedAsNew'] : [])];
  const clauses = [
    `WorkflowType = "${RUN_TASK}"`,
    `ExecutionStatus IN (${statuses.map((status) => `"${status}"`).join(', ')})`,
    ...(sinceMs === undefined ? [] : [`CloseTime >= "${new Date(sinceMs).toISOString()}"`]),
    ...(untilMs === undefined ? [] : [`CloseTime < "${new Date(untilMs).toISOString()}"`]),
    // The server knows parts of a millisecond.
    ...(before === undefined ? [] : [`CloseTime <= "${new Date(before.endedMs + 1).toISOString()}"`]),
    ...(agent === undefined ? [] : [`${AGENT.name} = "${agent}"`]),
  ];
  const runs: ClosedRun[] = [];
  const pageSize = Math.min(PAGE, most + 1);
  for await (const execution of client.workflow.list({ query: clauses.join(' AND '), pageSize })) {
    const run = listed(execution);
    if (before !== undefined && !isAfter(run, before)) continue;
    // Those that ended in the same millisecond come in any order, so all of them are read.
    const last = runs.at(-1);
    if (runs.length > most && last !== undefined && run.endedAtMs < last.endedAtMs) break;
    runs.push(run);
  }
  const inOrder = runs.sort((a, b) => (isAfter(a, { endedMs: b.endedAtMs, runId: b.runId }) ? 1 : -1));
  return { runs: inOrder.slice(0, most), more: inOrder.length > most };
}

/** In the order of the list; of itself it is not. */
function isAfter({ endedAtMs, runId }: ClosedRun, place: RunPlace): boolean {
  return endedAtMs < place.endedMs || (endedAtMs === place.endedMs && runId < place.runId);
}

/** What these runs keep, in their order, by their histories; undefined: the server has it no more. */
export function historiesOf(
  client: Client,
  runs: readonly ClosedRun[],
): Promise<(ToldByHistory | undefined)[]> {
  return inBatches(runs, (run) => readHistory(client, { ...run, closedAtMs: run.endedAtMs, attempt: null }));
}

/** For how long the server keeps a run after it has closed, in milliseconds; null: it does not say. */
export async function keptForMs({ workflowService, options }: Client): Promise<number | null> {
  const { config } = await workflowService.describeNamespace({ namespace: options.namespace });
  const kept = config?.workflowExecutionRetentionTtl;
  return kept ? tsToMs(kept) : null;
}

function listed(run: WorkflowExecutionInfo): ClosedRun {
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

import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { isOccurrenceId } from '../../contract/ids.ts';
import { inBatches } from '../../contract/in-batches.ts';
import { occurrenceMemoIn } from '../../contract/memos.ts';
import type { OccurrenceSeen } from '../../contract/occurrence.ts';
import type { SeenOccurrence } from '../../contract/schedule.ts';
import { SCHEDULED_RUN } from '../../contract/workflows.ts';

/** Undefined: the server knows none of that id. */
export async function lookAtOccurrence(
  client: Client,
  workflowId: string,
): Promise<OccurrenceSeen | undefined> {
  if (!isOccurrenceId(workflowId)) return undefined;
  try {
    const { type, status, memo } = await client.workflow.getHandle(workflowId).describe();
    if (type !== SCHEDULED_RUN) return undefined;
    const closed = status.name !== 'RUNNING' && status.name !== 'CONTINUED_AS_NEW';
    return { workflowId, closed, memo: occurrenceMemoIn(memo) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

const LOOK_MS = 200;

/** Looks until it has a task, waits for something, or is over; at most so long. */
export async function lookUntilItTells(
  client: Client,
  workflowId: string,
  withinMs: number,
): Promise<OccurrenceSeen | undefined> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const seen = await lookAtOccurrence(client, workflowId);
    const { closed, memo } = seen ?? {};
    if (closed || memo?.task || memo?.waits || memo?.ended || performance.now() > untilMs) return seen;
    await sleep(LOOK_MS);
  }
}

/** With where those are that are under way: at most so many of them, the first ones. */
export async function withWhereTheyAre<Line extends SeenOccurrence>(
  client: Client,
  lines: readonly Line[],
  most: number,
): Promise<Line[]> {
  const open = lines.filter(({ ended }) => ended === undefined).slice(0, most);
  const seen = await inBatches(open, ({ workflowId }) => lookAtOccurrence(client, workflowId));
  const byLine = new Map(open.map((line, at) => [line, seen[at]?.memo]));
  return lines.map((line) => {
    const memo = byLine.get(line);
    if (memo === undefined) return line;
    const waits = memo.phase === 'waiting' ? (memo.waits ?? null) : null;
    return { ...line, underWay: { taskId: memo.task?.id ?? null, waits } };
  });
}

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { BeginInput } from '../../contract/activities.ts';
import { scheduleWorkflowId } from '../../contract/ids.ts';
import { scheduleMemoIn } from '../../contract/memos.ts';
import { beginOccurrence } from '../../contract/messages.ts';
import { UnreadableTiming } from '../../domain/schedule/compile.ts';
import { newestDue } from '../../domain/schedule/newest-due.ts';
import { signalled } from '../../temporal/signalled.ts';

/** One that begins later than that may have been missed, and a newer one with it. */
const LATE_MS = 30_000;

/** Asks the schedule of an occurrence what it is to do. @param nowMs by the server's clock */
export async function askSchedule(
  client: Client,
  { schedule, asking, ...input }: BeginInput & { asking: string },
  nowMs: number,
): Promise<'asked' | 'no-such-schedule'> {
  const { plannedMs, trigger } = input;
  const isLate = trigger === 'plan' && nowMs - plannedMs > LATE_MS;
  const newestDueMs = isLate ? await newestSince(client, schedule, { plannedMs, nowMs }) : undefined;
  const asked = { ...input, atMs: nowMs, ...(newestDueMs !== undefined && { newestDueMs }) };
  const isThere = await signalled(client, scheduleWorkflowId(schedule), beginOccurrence, asked, asking);
  return isThere ? 'asked' : 'no-such-schedule';
}

/** One whose jitter is not over may still come, so it counts as not due yet. */
async function newestSince(
  client: Client,
  schedule: string,
  { plannedMs, nowMs }: { plannedMs: number; nowMs: number },
): Promise<number | undefined> {
  try {
    const { memo } = await client.workflow.getHandle(scheduleWorkflowId(schedule)).describe();
    const definition = scheduleMemoIn(memo)?.schedule.definition;
    if (definition === undefined) return undefined;
    return newestDue(definition, { afterMs: plannedMs, untilMs: nowMs - definition.jitterMs });
  } catch (error) {
    // Its schedule has the word for either.
    if (error instanceof WorkflowNotFoundError || error instanceof UnreadableTiming) return undefined;
    throw error;
  }
}

import type { Client } from '@temporalio/client';
import type { BeginInput } from '../../contract/activities.ts';
import { scheduleWorkflowId } from '../../contract/ids.ts';
import { scheduleMemoIn } from '../../contract/memos.ts';
import { beginOccurrence } from '../../contract/messages.ts';
import { LATE_MS } from '../../domain/schedule/begin.ts';
import { UnreadableTiming } from '../../domain/schedule/compile.ts';
import { newestDue } from '../../domain/schedule/newest-due.ts';
import { describeAny } from '../../temporal/described.ts';
import { signalled } from '../../temporal/signalled.ts';

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
  const described = await describeAny(client, scheduleWorkflowId(schedule));
  const definition = scheduleMemoIn(described?.memo)?.schedule.definition;
  // Its schedule has the word for that, and for a timing that nobody can read.
  if (definition === undefined) return undefined;
  try {
    return newestDue(definition, { afterMs: plannedMs, untilMs: nowMs - definition.jitterMs });
  } catch (error) {
    if (error instanceof UnreadableTiming) return undefined;
    throw error;
  }
}

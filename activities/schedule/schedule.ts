import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { daysFrom, isTimeZone } from '../../config/zone-days.ts';
import type { DueTimes, KeepInput, KeepResult, ScheduleActivities } from '../../contract/activities.ts';
import { inBatches } from '../../contract/in-batches.ts';
import type { Found } from '../../domain/schedule/audit.ts';
import { compileTiming, UnreadableTiming } from '../../domain/schedule/compile.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { timesOf } from '../../domain/schedule/matching-times.ts';
import type { ServerSpec } from '../../domain/schedule/server-spec.ts';
import {
  markOf,
  putSchedule,
  removeSchedule,
  ScheduleRefused,
  tickingSchedule,
} from '../../temporal/schedules.ts';
import { serverClock } from '../server-clock.ts';

/** Between a look and a change somebody else may change it. */
const TRIES = 5;

export function scheduleActivities({ client }: { client: Client }): ScheduleActivities {
  return {
    keepSchedule: (input) => keepSchedule(client, input),
    dueTimes: async (asked) => due(asked, serverClock()()),
    async occurrencesThere(ids) {
      const found = await inBatches(ids, (id) => foundOf(client, id), 25);
      return found.filter((each) => each !== undefined);
    },
  };
}

async function keepSchedule(client: Client, { name, wanted, anew }: KeepInput): Promise<KeepResult> {
  if (wanted === 'absent' || anew) await removeSchedule(client, name);
  if (wanted === 'absent') return { nextMs: [] };
  try {
    for (let tries = 1; tries <= TRIES; tries++) {
      const there = await tickingSchedule(client, name);
      if (there?.mark === markOf(wanted) && there.paused === wanted.paused)
        return { nextMs: there.nextMs, ...(tries > 1 && { changed: true }) };
      await putSchedule(client, wanted, there);
    }
  } catch (error) {
    if (error instanceof ScheduleRefused || error instanceof UnreadableTiming)
      return { nextMs: [], refused: error.message };
    throw error;
  }
  throw new Error(`somebody else changes the server's schedule ${name} all the time`);
}

/** As many as fit into one answer. */
const MOST_DUE = 1_000;
const NEXT = 20;
const DAY_MS = 86_400_000;
const DAYS_TOLD = 10;

/** @param nowMs by the server's clock */
export function due(
  { definition, afterMs, untilMs }: { definition: Definition; afterMs: number; untilMs: number },
  nowMs: number,
): DueTimes {
  const spec = specOf(definition);
  const { dueMs, more } = newestDue(spec, afterMs, untilMs);
  const { timeZone } = definition;
  return {
    ...{ dueMs, more },
    nextMs: timesOf(spec, untilMs, { count: NEXT }),
    days: isTimeZone(timeZone) ? daysFrom(timeZone, nowMs - DAY_MS, DAYS_TOLD) : [],
  };
}

/** Where so many were due, those of long ago are counted no more. */
const MOST_COUNTED = 300_000;

/** Jitter moves none of the times by which they are known. */
function newestDue(spec: ServerSpec, afterMs: number, untilMs: number): Pick<DueTimes, 'dueMs' | 'more'> {
  let newest: number[] = [];
  let count = 0;
  for (let after = afterMs; count < MOST_COUNTED; ) {
    const some = timesOf(spec, after, { count: MOST_DUE }).filter((ms) => ms <= untilMs);
    count += some.length;
    newest = [...newest, ...some].slice(-MOST_DUE);
    const last = some.at(-1);
    if (last === undefined || some.length < MOST_DUE) break;
    after = last;
  }
  return { dueMs: newest, more: count - newest.length };
}

function specOf(definition: Definition): ServerSpec {
  try {
    return compileTiming(definition);
  } catch (error) {
    if (error instanceof UnreadableTiming) throw ApplicationFailure.nonRetryable(error.message);
    throw error;
  }
}

/** Reads a workflow itself: the server's lists lag behind. */
async function foundOf(client: Client, workflowId: string): Promise<Found | undefined> {
  try {
    const { runId, status, closeTime } = await client.workflow.getHandle(workflowId).describe();
    const how = HOW[status.name];
    return { workflowId, runId, closedAtMs: closeTime?.getTime() ?? null, ...(how !== undefined && { how }) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

const HOW: Record<string, string> = {
  TERMINATED: 'its workflow was terminated',
  TIMED_OUT: 'its workflow timed out',
  CANCELLED: 'its workflow was cancelled',
  FAILED: 'its workflow failed',
  COMPLETED: 'its workflow ended without a word',
};

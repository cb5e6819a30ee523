import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import type { ActivityName, GooseInput } from '../contract/activities.ts';
import { attemptLogName } from '../contract/ids.ts';
import type { Attempt } from '../contract/listings.ts';
import type { AttemptResult, RunResult } from '../contract/run.ts';
import type { Verdict } from '../domain/attempt/verdict.ts';
import { cut } from '../domain/cut.ts';
import { readableOf } from './described.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** What the history of a run tells of it. */
export interface ToldByHistory {
  /** Oldest first. An attempt that stood down before it began is none. */
  attempts: Attempt[];
  /** What it returned; null: it has not returned by itself. */
  result: RunResult | null;
}

const RUN_GOOSE: ActivityName = 'runGoose';

/** Reads the history of a run; undefined when the server has none any more. */
export async function readHistory(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
): Promise<ToldByHistory | undefined> {
  try {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    return toldBy(events ?? [], runId);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** @param runId of the run whose history it is */
export function toldBy(events: readonly HistoryEvent[], runId: string): ToldByHistory {
  const sent = new Map<string, Attempt>();
  const stoodDown = new Set<Attempt>();
  let result: RunResult | null = null;
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === RUN_GOOSE) {
      const input = first(scheduled.input?.payloads) as GooseInput | null;
      if (input !== null) sent.set(String(event.eventId), beginningOf(input, runId, timeOf(event)));
    }
    const taken = event.activityTaskStartedEventAttributes;
    const attempt = sent.get(String(closing(event)?.scheduledEventId ?? taken?.scheduledEventId));
    if (attempt !== undefined && taken) attempt.host = hostOf(taken.identity);
    else if (attempt !== undefined) conclude(attempt, event, stoodDown);
    const returned = event.workflowExecutionCompletedEventAttributes;
    if (returned) result = first(returned.result?.payloads) as RunResult | null;
  }
  const attempts = [...sent.values()].filter((attempt) => !stoodDown.has(attempt));
  return { attempts, result };
}

/** Of a worker's identity, `pid@host`. */
export function hostOf(worker: string | null | undefined): string | null {
  return /^\d+@(.+)$/s.exec(worker ?? '')?.[1] ?? null;
}

function beginningOf({ task, number, agent }: GooseInput, runId: string, sentAtMs: number): Attempt {
  const nothingYet = { host: null, endedAtMs: null, verdict: null, seconds: null, tokens: null };
  return {
    ...{ taskId: task.id, number, runId, agent, sentAtMs },
    ...nothingYet,
    log: attemptLogName(task.id, runId, number),
  };
}

function closing(event: HistoryEvent) {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes
  );
}

/** What its end tells. */
function conclude(attempt: Attempt, event: HistoryEvent, stoodDown: Set<Attempt>): void {
  attempt.endedAtMs = timeOf(event);
  const completed = event.activityTaskCompletedEventAttributes;
  if (!completed) {
    attempt.verdict = lossOf(event);
    return;
  }
  const result = first(completed.result?.payloads) as AttemptResult | null;
  if (result === null) return;
  const { verdict, host, seconds, tokens, log } = result;
  if (result.noAttempt !== undefined) stoodDown.add(attempt);
  Object.assign(attempt, { verdict, seconds, tokens, host: host || attempt.host });
  // Behind the name may stand what went wrong with the log.
  attempt.log = log?.split(' ', 1)[0] ?? null;
}

/** What the run makes of an activity that did not answer (workflows/run-task/attempt.ts). */
function lossOf(event: HistoryEvent): Verdict {
  if (event.activityTaskCanceledEventAttributes)
    return { kind: 'cancelled', reason: 'it was cancelled before it started' };
  const failure = event.activityTaskFailedEventAttributes?.failure;
  const isLost = !failure || failure.applicationFailureInfo?.type === 'WorkerLost';
  const reason = cut(failure?.message || 'its worker was not heard of any more');
  return { kind: isLost ? 'worker-lost' : 'agent-failed', reason };
}

function timeOf({ eventTime }: HistoryEvent): number {
  return eventTime ? tsToMs(eventTime) : 0;
}

function first(payloads: Payload[] | null | undefined): unknown {
  return readableOf(payloads)[0] ?? null;
}

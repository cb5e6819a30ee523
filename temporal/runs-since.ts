import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { ActivityName, GooseInput } from '../contract/activities.ts';
import { AGENT, QUEUE, TASK_ID } from '../contract/attributes.ts';
import { inBatches } from '../contract/in-batches.ts';
import type { EndedAttempt, EndedRun, EndedRunDetails } from '../contract/report.ts';
import type { AttemptResult, RunResult } from '../contract/run.ts';
import { RUN_TASK } from '../contract/workflows.ts';
import type { VerdictKind } from '../domain/attempt/verdict.ts';
import { readableOf } from './described.ts';

/**
 * Runs that were closed since, the last first; at most so many, and whether there are more. The server's list lags by a
 * moment, and has a run only for as long as the server keeps it (keptForMs).
 *
 * @param sinceMs milliseconds since the epoch
 */
export async function endedRuns(
  client: Client,
  { sinceMs, most }: { sinceMs: number; most: number },
): Promise<{ runs: EndedRun[]; more: boolean }> {
  const closedSince = `CloseTime >= "${new Date(sinceMs).toISOString()}"`;
  const query = `WorkflowType = "${RUN_TASK}" AND ExecutionStatus != "Running" AND ${closedSince}`;
  const runs: EndedRun[] = [];
  let more = false;
  for await (const run of client.workflow.list({ query, pageSize: 1_000 })) {
    more = runs.length === most;
    if (more) break;
    runs.push(asEnded(run));
  }
  return { runs: runs.sort((a, b) => b.closedAtMs - a.closedAtMs), more };
}

type Listed = ReturnType<Client['workflow']['list']> extends AsyncIterable<infer Run> ? Run : never;

function asEnded({ workflowId, runId, startTime, closeTime, status, searchAttributes }: Listed): EndedRun {
  const attribute = ({ name }: { name: string }) => {
    const values = searchAttributes[name];
    return (Array.isArray(values) && String(values[0] ?? '')) || null;
  };
  const hows: Record<string, EndedRun['how']> = { COMPLETED: 'ended', CONTINUED_AS_NEW: 'continued' };
  return {
    ...{ workflowId, runId, taskId: Number(attribute(TASK_ID)) },
    ...{ agent: attribute(AGENT), queue: attribute(QUEUE) },
    startedAtMs: startTime.getTime(),
    closedAtMs: (closeTime ?? startTime).getTime(),
    how: hows[status.name] ?? 'lost',
  };
}

/** For how long the server keeps a run after it has closed, in milliseconds; null: it does not say. */
export async function keptForMs({ workflowService, options }: Client): Promise<number | null> {
  const { config } = await workflowService.describeNamespace({ namespace: options.namespace });
  const kept = config?.workflowExecutionRetentionTtl;
  return kept ? tsToMs(kept) : null;
}

/** What these runs keep, in their order, by their histories; undefined: the server has it no more. */
export function detailsOf(
  client: Client,
  runs: readonly EndedRun[],
): Promise<(EndedRunDetails | undefined)[]> {
  return inBatches(runs, async ({ workflowId, runId }) => {
    try {
      return detailsIn((await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? []);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  });
}

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

const RUN_GOOSE: ActivityName = 'runGoose';

/** What a run keeps, by the events of its history. What cannot be read is not known. */
export function detailsIn(events: readonly Event[]): EndedRunDetails {
  const asked = new Map<string, Asked>();
  const attempts: EndedAttempt[] = [];
  let end: EndedRunDetails['end'] = null;
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === RUN_GOOSE)
      asked.set(String(event.eventId), {
        agent: first<GooseInput>(scheduled.input?.payloads)?.agent ?? null,
        askedAtMs: event.eventTime ? tsToMs(event.eventTime) : 0,
      });
    const ended = attemptIn(event, asked);
    if (ended !== undefined) attempts.push(ended);
    const result = event.workflowExecutionCompletedEventAttributes?.result;
    if (result) end = first<RunResult>(result.payloads)?.end ?? null;
  }
  return { end, attempts };
}

interface Asked {
  agent: string | null;
  askedAtMs: number;
}

/** The attempt that an event ends; undefined where it ends none, or one that was put off before anything of it began. */
function attemptIn(event: Event, asked: ReadonlyMap<string, Asked>): EndedAttempt | undefined {
  const done = event.activityTaskCompletedEventAttributes;
  const failed = event.activityTaskFailedEventAttributes;
  const cancelled = event.activityTaskCanceledEventAttributes;
  const about = done ?? failed ?? cancelled ?? event.activityTaskTimedOutEventAttributes;
  const began = about && asked.get(String(about.scheduledEventId));
  if (began === undefined || began === null) return undefined;
  const result = done && first<AttemptResult>(done.result?.payloads);
  if (result) return toldBy(began, result);
  // As workflows/run-task/attempt.ts takes it.
  const isLost = !failed || failed.failure?.applicationFailureInfo?.type === 'WorkerLost';
  const verdict: VerdictKind = cancelled ? 'cancelled' : isLost ? 'worker-lost' : 'agent-failed';
  return { ...began, recipe: null, verdict, tookMs: null, isWithoutGoose: Boolean(cancelled), tokens: null };
}

function toldBy(began: Asked, result: Partial<AttemptResult>): EndedAttempt | undefined {
  const { verdict, noAttempt, claimed, seconds = 0, tokens = null, recipe = null } = result;
  if (noAttempt !== undefined || verdict === undefined) return undefined;
  const told = { ...began, recipe, verdict: verdict.kind };
  if (!claimed) return { ...told, isWithoutGoose: true, tookMs: 0, tokens: 0 };
  return { ...told, isWithoutGoose: false, tookMs: Math.round(seconds * 1_000), tokens };
}

/** Of whatever version of ours, and perhaps cut short: an object, or undefined. */
function first<Content extends object>(payloads: Payload[] | null | undefined): Partial<Content> | undefined {
  const [content] = readableOf(payloads);
  return typeof content === 'object' && content !== null ? (content as Partial<Content>) : undefined;
}

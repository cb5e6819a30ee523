import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import type { ActivityName, GooseInput } from '../contract/activities.ts';
import { taskWorkflowId } from '../contract/ids.ts';
import { inBatches } from '../contract/in-batches.ts';
import type { AttemptResult, RunResult } from '../contract/run.ts';
import type { AttemptFacts } from '../contract/status.ts';
import type { Verdict } from '../domain/attempt/verdict.ts';
import type { TaskRef } from '../domain/task.ts';
import { readableOf } from './described.ts';
import { type KnownRun, runsOf } from './runs.ts';

type Event = proto.temporal.api.history.v1.IHistoryEvent;
type Failure = proto.temporal.api.failure.v1.IFailure | null | undefined;

// A CommonJS module, of which Node knows no names.
const { TimeoutType } = proto.temporal.api.enums.v1;

const RUN_GOOSE: ActivityName = 'runGoose';
const EVENTS_AT_A_TIME = 1_000;
/** A run continues as new long before. */
const MOST_PAGES = 10;
const RUNS_AT_A_TIME = 5;

/**
 * The attempts at a task that the server still knows: they are in the histories of its runs, the newest twenty of them. Oldest
 * first. A run that was reset has the events of the one before it, so each is told once.
 */
export async function attemptsOf(client: Client, task: TaskRef): Promise<AttemptFacts[]> {
  const runs = await runsOf(client, taskWorkflowId(task.id));
  const ours = runs.filter(({ memo }) => (memo?.createdAt ?? task.createdAt) === task.createdAt);
  const found = await inBatches(
    ours.reverse(),
    async (run) => attemptsIn(await eventsOf(client, run), run),
    RUNS_AT_A_TIME,
  );
  const each = new Map(found.flat().map((attempt) => [`${attempt.number} ${attempt.startedAtMs}`, attempt]));
  return [...each.values()].sort((a, b) => a.number - b.number);
}

async function eventsOf(client: Client, { workflowId, runId }: KnownRun): Promise<Event[]> {
  const events: Event[] = [];
  let nextPageToken: Uint8Array | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: EVENTS_AT_A_TIME,
      ...(nextPageToken && { nextPageToken }),
    });
    events.push(...(answer.history?.events ?? []));
    if (!answer.nextPageToken?.length) break;
    nextPageToken = answer.nextPageToken;
  }
  return events;
}

/** The attempts of one run, by its history. */
export function attemptsIn(events: readonly Event[], run: Omit<KnownRun, 'memo'>): AttemptFacts[] {
  const attempts = new Map<string, AttemptFacts>();
  let end: RunResult['end'] | null = null;
  for (const event of events) {
    const atMs = event.eventTime ? tsToMs(event.eventTime) : null;
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === RUN_GOOSE) {
      const [input] = readableOf(scheduled.input?.payloads) as [Partial<GooseInput> | null | undefined];
      attempts.set(String(event.eventId), begun(run, input, atMs));
    }
    const started = event.activityTaskStartedEventAttributes;
    const running = started && attempts.get(String(started.scheduledEventId));
    if (running) Object.assign(running, { startedAtMs: atMs, host: hostOf(started.identity) });
    const done = endOf(event);
    const ended = done && attempts.get(String(done.scheduledEventId));
    if (done && ended) Object.assign(ended, toldBy(done.result, ended), { state: 'ended', endedAtMs: atMs });
    const over = event.workflowExecutionCompletedEventAttributes;
    if (over) end = (readableOf(over.result?.payloads)[0] as Partial<RunResult> | null)?.end ?? null;
  }
  const all = [...attempts.values()].filter(({ number }) => number > 0);
  const last = all.at(-1);
  if (last !== undefined) last.end = end;
  return all;
}

/** The server writes down who has taken an attempt when that is over; until then the run itself tells. */
function begun(
  { runId, closedAtMs, attempt }: Omit<KnownRun, 'memo'>,
  input: Partial<GooseInput> | null | undefined,
  atMs: number | null,
): AttemptFacts {
  const isOpen = closedAtMs === null;
  return {
    ...{ number: input?.number ?? 0, runId, agent: input?.agent ?? null },
    state: isOpen ? 'under-way' : 'cut-off',
    host: isOpen ? hostOf(attempt?.worker) : null,
    startedAtMs: (isOpen ? attempt?.startedAtMs : undefined) ?? atMs,
    ...{ endedAtMs: closedAtMs, verdict: null, log: null, seconds: null, turns: null, tokens: null },
    ...{ end: null, comment: null },
  };
}

interface Done {
  scheduledEventId: unknown;
  /** Undefined: nothing happened, so it does not count. */
  result: Partial<AttemptResult>;
}

function endOf(event: Event): Done | undefined {
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed) {
    const [result] = readableOf(completed.result?.payloads);
    return {
      ...completed,
      scheduledEventId: completed.scheduledEventId,
      result: (result ?? {}) as Partial<AttemptResult>,
    };
  }
  const failed = event.activityTaskFailedEventAttributes;
  if (failed)
    return { scheduledEventId: failed.scheduledEventId, result: { verdict: ofFailure(failed.failure) } };
  const late = event.activityTaskTimedOutEventAttributes;
  if (late) return { scheduledEventId: late.scheduledEventId, result: { verdict: ofTimeout(late.failure) } };
  const cancelled = event.activityTaskCanceledEventAttributes;
  if (!cancelled) return undefined;
  const verdict: Verdict = { kind: 'cancelled', reason: 'it was cancelled before it started' };
  return { scheduledEventId: cancelled.scheduledEventId, result: { verdict } };
}

/** As workflows/run-task/attempt.ts takes it. */
function ofFailure(failure: Failure): Verdict {
  const kind = failure?.applicationFailureInfo?.type === 'WorkerLost' ? 'worker-lost' : 'agent-failed';
  return { kind, reason: failure?.message ?? '' };
}

function ofTimeout(failure: Failure): Verdict {
  const silent = failure?.timeoutFailureInfo?.timeoutType === TimeoutType.TIMEOUT_TYPE_HEARTBEAT;
  const reason = silent
    ? 'its worker was not heard of for the heartbeat timeout'
    : 'its worker did not end it in time';
  return { kind: 'worker-lost', reason };
}

function toldBy(result: Partial<AttemptResult>, { host: seen, number }: AttemptFacts): Partial<AttemptFacts> {
  const { verdict = null, log = null, host, seconds = null, turns = null, tokens = null, noAttempt } = result;
  return {
    ...{ verdict, log, host: host || seen, seconds, turns, tokens },
    // It has stood down, and its number is given to the next.
    number: noAttempt === undefined ? number : 0,
  };
}

/** Of `pid@host`. */
function hostOf(worker: string | null | undefined): string | null {
  return worker?.slice(worker.indexOf('@') + 1) || null;
}

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import type { ActivityName, GooseInput } from '../contract/activities.ts';
import type { Attempt, ToldByHistory } from '../contract/attempts.ts';
import { taskWorkflowId } from '../contract/ids.ts';
import { inBatches } from '../contract/in-batches.ts';
import type { AttemptResult, RunResult } from '../contract/run.ts';
import type { Verdict } from '../domain/attempt/verdict.ts';
import { cut } from '../domain/cut.ts';
import type { TaskRef } from '../domain/task.ts';
import { readableOf } from './described.ts';
import { type KnownAttempt, type KnownRun, lastRunOf, runsOf } from './runs.ts';

export type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

/** Of which run a history is, and what the server tells of it beside. */
export interface HistoryOf {
  taskId: number;
  runId: string;
  /** Null while it is open. */
  closedAtMs: number | null;
  /** That is under way: the server writes down who has taken it when it is over. */
  attempt: KnownAttempt | null;
}

// A CommonJS module, of which Node knows no names.
const { TimeoutType } = proto.temporal.api.enums.v1;

const RUN_GOOSE: ActivityName = 'runGoose';
const HISTORIES_AT_A_TIME = 5;

/**
 * The attempts at a task that the server still knows: those of its newest twenty runs, oldest first. A run that was reset
 * begins with what the run before it did, and that is told once, as that one's. Undefined: the server knows no run of it.
 *
 * @param task.createdAt absent: that of its newest run. An earlier TinyTask may have had another task of this id.
 */
export async function attemptsOf(
  client: Client,
  task: Pick<TaskRef, 'id'> & Partial<TaskRef>,
): Promise<Attempt[] | undefined> {
  const [listed, newest] = await Promise.all([
    runsOf(client, taskWorkflowId(task.id)),
    lastRunOf(client, task.id),
  ]);
  if (newest === undefined) return undefined;
  const madeAt = task.createdAt ?? newest.memo?.createdAt;
  const isOurs = ({ memo }: KnownRun) => memo === null || madeAt === undefined || memo.createdAt === madeAt;
  // The list lags.
  const runs = [newest, ...listed.filter(({ runId }) => runId !== newest.runId)].filter(isOurs);
  const told = await inBatches(runs.reverse(), (run) => readHistory(client, run), HISTORIES_AT_A_TIME);
  const each = new Map<string, Attempt>();
  for (const attempt of told.flatMap((one) => one?.attempts ?? [])) {
    const key = `${attempt.number} ${attempt.sentAtMs}`;
    if (!each.has(key)) each.set(key, attempt);
  }
  return [...each.values()].sort((a, b) => a.sentAtMs - b.sentAtMs);
}

/** Reads the history of a run; undefined when the server has none any more. */
export async function readHistory(
  client: Client,
  run: HistoryOf & { workflowId: string },
): Promise<ToldByHistory | undefined> {
  try {
    const { events } = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
    return toldBy(events ?? [], run);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** What a history tells. What cannot be read of it is no attempt, and harms no other. */
export function toldBy(events: readonly HistoryEvent[], run: HistoryOf): ToldByHistory {
  const sent = new Map<string, Attempt>();
  const stoodDown = new Set<Attempt>();
  let result: RunResult | null = null;
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === RUN_GOOSE) {
      const begun = beginningOf(first<GooseInput>(scheduled.input?.payloads), run, timeOf(event));
      if (begun !== undefined) sent.set(String(event.eventId), begun);
    }
    const taken = event.activityTaskStartedEventAttributes;
    const attempt = sent.get(String(closing(event)?.scheduledEventId ?? taken?.scheduledEventId));
    if (attempt !== undefined && taken)
      Object.assign(attempt, { startedAtMs: timeOf(event), host: hostOf(taken.identity) });
    else if (attempt !== undefined) conclude(attempt, event, stoodDown);
    const returned = event.workflowExecutionCompletedEventAttributes;
    if (returned) result = (first<RunResult>(returned.result?.payloads) ?? null) as RunResult | null;
  }
  const attempts = [...sent.values()].filter((attempt) => !stoodDown.has(attempt));
  const last = attempts.at(-1);
  if (last !== undefined) last.end = result?.end ?? null;
  return { attempts, result };
}

/** Of a worker's identity, `pid@host`. */
export function hostOf(worker: string | null | undefined): string | null {
  return /^\d+@(.+)$/s.exec(worker ?? '')?.[1] ?? null;
}

function beginningOf(
  { number, agent }: Partial<GooseInput> = {},
  { taskId, runId, closedAtMs, attempt }: HistoryOf,
  sentAtMs: number,
): Attempt | undefined {
  if (number === undefined || agent === undefined) return undefined;
  const isOpen = closedAtMs === null;
  return {
    ...{ taskId, number, runId, agent, sentAtMs, recipe: null },
    state: isOpen ? 'under-way' : 'cut-off',
    host: isOpen ? hostOf(attempt?.worker) : null,
    startedAtMs: (isOpen && attempt?.startedAtMs) || null,
    ...{ endedAtMs: closedAtMs, verdict: null, claimed: null, log: null, logTrouble: null },
    ...{ seconds: null, turns: null, tokens: null, end: null },
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
  attempt.state = 'ended';
  attempt.endedAtMs = timeOf(event);
  const completed = event.activityTaskCompletedEventAttributes;
  if (!completed) {
    attempt.verdict = lossOf(event);
    if (event.activityTaskCanceledEventAttributes) attempt.claimed = false;
    return;
  }
  const result = first<AttemptResult>(completed.result?.payloads);
  if (result === undefined) return;
  const { verdict = null, host, seconds = null, turns = null, tokens = null, recipe = null } = result;
  if (result.noAttempt !== undefined) stoodDown.add(attempt);
  Object.assign(attempt, { verdict, seconds, turns, tokens, recipe, host: host || attempt.host });
  attempt.claimed = result.claimed ?? false;
  // Behind the name may stand what went wrong with the log.
  const [log = null, ...trouble] = result.log?.split(' ') ?? [];
  Object.assign(attempt, { log, logTrouble: trouble.join(' ') || null });
}

/** What the run makes of an activity that did not answer (workflows/run-task/attempt.ts). */
function lossOf(event: HistoryEvent): Verdict {
  if (event.activityTaskCanceledEventAttributes)
    return { kind: 'cancelled', reason: 'it was cancelled before it started' };
  const late = event.activityTaskTimedOutEventAttributes;
  if (late) {
    const silent = late.failure?.timeoutFailureInfo?.timeoutType === TimeoutType.TIMEOUT_TYPE_HEARTBEAT;
    const how = silent ? 'was not heard of for the heartbeat timeout' : 'did not end it in time';
    return { kind: 'worker-lost', reason: `its worker ${how}` };
  }
  const failure = event.activityTaskFailedEventAttributes?.failure;
  const kind = failure?.applicationFailureInfo?.type === 'WorkerLost' ? 'worker-lost' : 'agent-failed';
  return { kind, reason: cut(failure?.message || 'it told nothing of why') };
}

function timeOf({ eventTime }: HistoryEvent): number {
  return eventTime ? tsToMs(eventTime) : 0;
}

/** Of whatever version of ours, and perhaps cut short: an object, or undefined. */
function first<Content extends object>(payloads: Payload[] | null | undefined): Partial<Content> | undefined {
  const [content] = readableOf(payloads);
  return typeof content === 'object' && content !== null ? (content as Partial<Content>) : undefined;
}

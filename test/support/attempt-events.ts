import { defaultPayloadConverter } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { AttemptResult, RunResult } from '../../contract/run.ts';
import type { HistoryEvent as Event } from '../../temporal/attempts.ts';

const content = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] });

/**
 * The events of an attempt of ada at task 7: it is sent, taken by a worker on the host `there`, and over. Attempt 1 is sent
 * at 10 s, attempt 2 at 20 s; each takes 5 s.
 */
export function attemptEvents(number: number, end?: Event): Event[] {
  const eventId = (number * 10) as never;
  const sentAtMs = number * 10_000;
  const input = content({ task: { id: 7, createdAt: '' }, number, agent: 'ada' });
  const activityType = { name: 'runGoose' };
  const sent = {
    ...{ eventId, eventTime: msToTs(sentAtMs) },
    activityTaskScheduledEventAttributes: { activityType, input },
  };
  if (end === undefined) return [sent];
  const taken = { scheduledEventId: eventId, identity: '4711@there' };
  return [
    sent,
    { eventTime: msToTs(sentAtMs + 1), activityTaskStartedEventAttributes: taken },
    { eventTime: msToTs(sentAtMs + 5_000), ...end },
  ];
}

export function completed(number: number, result: Partial<AttemptResult> | string): Event {
  const scheduledEventId = (number * 10) as never;
  return { activityTaskCompletedEventAttributes: { scheduledEventId, result: content(result) } };
}

/** The run is over by itself. */
export function returned(end: RunResult['end']): Event {
  return { workflowExecutionCompletedEventAttributes: { result: content({ taskId: 7, end }) } };
}

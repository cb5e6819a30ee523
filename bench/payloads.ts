import type { Client } from '@temporalio/client';

/** A survey in a history of the scheduler: when, and what of it travelled. Times in milliseconds since the epoch. */
export interface SurveySeen {
  full: boolean;
  fromMs: number;
  toMs: number;
  bytes: number;
}

/** What a run of the scheduler carried. */
export interface Carried {
  surveys: SurveySeen[];
  /** Of what it began with, signals, watches, and what it left to the next one; without surveys. */
  bytes: number;
  /** By what it was, of all. */
  byKind: Record<string, number>;
  startedMs: number;
  /** When its first watch was scheduled. */
  watchMs: number | undefined;
  events: number;
}

type Payloads = { payloads?: { data?: Uint8Array | null }[] | null } | null | undefined;

/** Reads from a history what has travelled through it, in bytes. */
export async function carriedBy(client: Client, workflowId: string, runId: string): Promise<Carried> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const seen: Carried = {
    ...{ surveys: [], bytes: 0, byKind: {}, watchMs: undefined },
    ...{ startedMs: msOf(events?.[0]?.eventTime), events: events?.length ?? 0 },
  };
  const open = new Map<string, SurveySeen>();
  const count = (kind: string, bytes: number, survey?: SurveySeen) => {
    seen.byKind[kind] = (seen.byKind[kind] ?? 0) + bytes;
    if (survey === undefined) seen.bytes += bytes;
    else survey.bytes += bytes;
  };
  for (const event of events ?? []) {
    const atMs = msOf(event.eventTime);
    count('start', sizeOf(event.workflowExecutionStartedEventAttributes?.input));
    count('signal', sizeOf(event.workflowExecutionSignaledEventAttributes?.input));
    count('continue', sizeOf(event.workflowExecutionContinuedAsNewEventAttributes?.input));
    const { activityType, input } = event.activityTaskScheduledEventAttributes ?? {};
    if (activityType?.name === 'watch') {
      count('watch', sizeOf(input));
      seen.watchMs ??= atMs;
    } else if (activityType?.name === 'survey') {
      const text = Buffer.from(input?.payloads?.[0]?.data ?? []).toString();
      const survey = { full: text.includes('"full":true'), fromMs: atMs, toMs: Number.NaN, bytes: 0 };
      open.set(String(event.eventId), survey);
      count('survey input', sizeOf(input), survey);
    }
    const done = event.activityTaskCompletedEventAttributes;
    const survey = done && open.get(String(done.scheduledEventId));
    if (survey) {
      survey.toMs = atMs;
      seen.surveys.push(survey);
      count('survey result', sizeOf(done.result), survey);
    }
  }
  return seen;
}

function sizeOf(payloads: Payloads): number {
  return (payloads?.payloads ?? []).reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
}

function msOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1e3 + Number(time?.nanos ?? 0) / 1e6;
}

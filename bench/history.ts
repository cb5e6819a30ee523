import type { Client } from '@temporalio/client';

/** An event of a workflow's history, reduced to what is measured. */
export interface Event {
  /** `activityTaskScheduled`, `workflowExecutionSignaled` … */
  kind: string;
  /** Milliseconds since 1970, with fractions. */
  atMs: number;
  /** Biggest fields of the event, as the server's API names them. */
  attributes: Record<string, unknown>;
}

export async function readHistory(client: Client, workflowId: string, runId?: string): Promise<Event[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return (events ?? []).map((event) => {
    const [name = '', attributes] =
      Object.entries(event).find(([key, value]) => key.endsWith('EventAttributes') && value) ?? [];
    const { seconds, nanos } = event.eventTime ?? {};
    return {
      kind: name.replace(/EventAttributes$/, ''),
      atMs: Number(seconds ?? 0) * 1e3 + Number(nanos ?? 0) / 1e6,
      attributes: (attributes ?? {}) as Record<string, unknown>,
    };
  });
}

export interface Execution {
  workflowId: string;
  runId: string;
  type: string;
  events: number;
  bytes: number;
  startMs: number;
  /** Undefined while it is open. */
  closeMs: number | undefined;
}

/** Every execution of the server's one namespace, read one by one, since the list lags and has no lengths of open ones. */
export async function executions(client: Client, query?: string): Promise<Execution[]> {
  const listed: { workflowId: string; runId: string }[] = [];
  for await (const { workflowId, runId } of client.workflow.list(query === undefined ? {} : { query })) {
    listed.push({ workflowId, runId });
  }
  const found: Execution[] = [];
  for (let at = 0; at < listed.length; at += 50) {
    const page = listed.slice(at, at + 50).map(({ workflowId, runId }) => look(client, workflowId, runId));
    found.push(...(await Promise.all(page)));
  }
  return found.sort((a, b) => a.startMs - b.startMs);
}

export async function look(client: Client, workflowId: string, runId?: string): Promise<Execution> {
  const known = await client.workflow.getHandle(workflowId, runId).describe();
  return {
    workflowId: known.workflowId,
    runId: known.runId,
    type: known.type,
    events: known.historyLength,
    bytes: Number(known.raw.workflowExecutionInfo?.historySizeBytes ?? 0),
    startMs: known.startTime.getTime(),
    closeMs: known.closeTime?.getTime(),
  };
}

/**
 * The kinds of events that stand for what Temporal bills as an action. Retries, queries and heartbeats are billed too and
 * leave no event: they are in the server's own count only.
 */
const ACTIONS = new Set([
  'workflowExecutionStarted',
  'signalExternalWorkflowExecutionInitiated',
  'activityTaskScheduled',
  'timerStarted',
  'upsertWorkflowSearchAttributes',
  'workflowExecutionUpdateAccepted',
]);

export function isAction({ kind }: Event): boolean {
  return ACTIONS.has(kind);
}

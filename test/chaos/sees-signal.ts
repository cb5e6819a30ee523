import type { Client } from '@temporalio/client';

/** EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED and EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED */
const SIGNALLED = 26;
const SIGNALS_ANOTHER = 34;

/**
 * Waits for the next signal of a name that the open run of a workflow gets or sends, and resolves some milliseconds after
 * it: false when none came in time, or the run has ended. Throws where the server does not answer at first.
 */
export async function seesSignal(
  client: Client,
  workflowId: string,
  signal: string,
  withinMs: number,
): Promise<boolean> {
  const atMs = Date.now() + withinMs;
  const { historyLength, runId } = await client.withDeadline(atMs, () =>
    client.workflow.getHandle(workflowId).describe(),
  );
  let nextPageToken: Uint8Array | undefined;
  do {
    const more = { waitNewEvent: true, ...(nextPageToken && { nextPageToken }) };
    const asked = { namespace: client.options.namespace, execution: { workflowId, runId }, ...more };
    const page = await client
      .withDeadline(atMs, () => client.workflowService.getWorkflowExecutionHistory(asked))
      .catch(() => undefined);
    for (const event of page?.history?.events ?? []) {
      if (Number(event.eventId) > historyLength && signalOf(event) === signal) return true;
    }
    nextPageToken = page?.nextPageToken ?? undefined;
  } while (nextPageToken?.length);
  return false;
}

interface HistoryEvent {
  eventType?: number | null;
  workflowExecutionSignaledEventAttributes?: { signalName?: string | null } | null;
  signalExternalWorkflowExecutionInitiatedEventAttributes?: { signalName?: string | null } | null;
}

function signalOf(event: HistoryEvent): string | null | undefined {
  if (event.eventType === SIGNALLED) return event.workflowExecutionSignaledEventAttributes?.signalName;
  if (event.eventType === SIGNALS_ANOTHER)
    return event.signalExternalWorkflowExecutionInitiatedEventAttributes?.signalName;
  return undefined;
}

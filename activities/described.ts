import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';

/** An open workflow, and what was signalled to it that no worker has handled yet. */
export interface Described {
  description: WorkflowExecutionDescription;
  /** Names of the signals, oldest first. */
  unhandled: string[];
}

const PAGE = 100;
/** Signals further back than this are not looked for; nobody types that many. */
const MOST_EVENTS = 1_000;

/**
 * Describes a workflow as it will be when it has handled its signals, so that what a person signalled counts at once, also
 * while no worker lives. Undefined if it does not run; any other failure of the server is thrown.
 */
export async function describeOpen(client: Client, workflowId: string): Promise<Described | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const first = await handle.describe();
    if (first.status.name !== 'RUNNING') return undefined;
    if (!first.raw.pendingWorkflowTask) return { description: first, unhandled: [] };
    const unhandled = await signalsNotHandled(client, workflowId, first.runId);
    if (unhandled.length > 0) return { description: first, unhandled };
    // A worker may have handled them between the two looks: then its memo has them.
    return { description: await handle.describe(), unhandled };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** What comes after the last workflow task that was completed. */
async function signalsNotHandled(client: Client, workflowId: string, runId: string): Promise<string[]> {
  const names: string[] = [];
  let nextPageToken: Uint8Array | undefined;
  for (let seen = 0; seen < MOST_EVENTS; seen += PAGE) {
    const page = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: PAGE,
      ...(nextPageToken && { nextPageToken }),
    });
    for (const event of page.history?.events ?? []) {
      if (event.workflowTaskCompletedEventAttributes) return names;
      const name = event.workflowExecutionSignaledEventAttributes?.signalName;
      if (name) names.unshift(name);
    }
    if (!page.nextPageToken?.length) return names;
    nextPageToken = page.nextPageToken;
  }
  return names;
}

/** The last of two opposite signals: true for `on`, false for `off`, undefined where neither waits. */
export function switchedTo(unhandled: readonly string[], on: string, off: string): boolean | undefined {
  const last = unhandled.findLast((name) => name === on || name === off);
  return last === undefined ? undefined : last === on;
}

import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { Stuck } from '../contract/status.ts';

/** An open workflow, and what was signalled to it that no worker has handled yet. */
export interface Described {
  description: WorkflowExecutionDescription;
  /** Oldest first. */
  unhandled: Unhandled[];
}

/** A signal that waits, with what came with it. */
export interface Unhandled {
  name: string;
  contents: unknown[];
  /** When it came, in milliseconds since the epoch. */
  atMs: number;
}

/** A workflow task is tried again at once after one failure; so many in a row do not mend themselves. */
const STUCK_AFTER = 3;

/** That a workflow does not get on; undefined where it does, or where it only waits for a worker. */
export function stuckOf({
  workflowId,
  raw,
}: Pick<WorkflowExecutionDescription, 'workflowId' | 'raw'>): Stuck | undefined {
  const failures = Number(raw.pendingWorkflowTask?.attempt ?? 1) - 1;
  return failures < STUCK_AFTER ? undefined : { workflowId, failures };
}

/** Mostly nothing, or one signal, waits. */
const FIRST_PAGE = 10;
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

/**
 * A workflow as the server has it, open or closed: the newest run of its id, or the one that is named. Undefined: it knows none. Any
 * other failure is thrown.
 */
export async function describeAny(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** What comes after the last workflow task that was completed. */
async function signalsNotHandled(client: Client, workflowId: string, runId: string): Promise<Unhandled[]> {
  const found: Unhandled[] = [];
  let nextPageToken: Uint8Array | undefined;
  for (let seen = 0, size = FIRST_PAGE; seen < MOST_EVENTS; seen += size, size = PAGE) {
    const page = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: size,
      ...(nextPageToken && { nextPageToken }),
    });
    for (const event of page.history?.events ?? []) {
      if (event.workflowTaskCompletedEventAttributes) return found;
      const signal = event.workflowExecutionSignaledEventAttributes;
      if (signal?.signalName)
        found.unshift({
          name: signal.signalName,
          contents: contentsOf(signal.input?.payloads),
          atMs: event.eventTime ? tsToMs(event.eventTime) : Date.now(),
        });
    }
    if (!page.nextPageToken?.length) return found;
    nextPageToken = page.nextPageToken;
  }
  return found;
}

/** In the place of what cannot be read: nobody can take it for anything, and not for nothing. */
const UNREADABLE = Symbol('unreadable');

export function contentsOf(payloads: Payload[] | null | undefined): unknown[] {
  return (payloads ?? []).map((payload) => {
    try {
      return defaultPayloadConverter.fromPayload(payload);
    } catch {
      return UNREADABLE;
    }
  });
}

/**
 * The last of two opposite signals: true for `on`, false for `off`, undefined where neither waits.
 *
 * @param about what came with them; undefined: nothing
 */
export function switchedTo(
  unhandled: readonly Unhandled[],
  on: { name: string },
  off: { name: string },
  about?: string,
): boolean | undefined {
  const last = unhandled.findLast(
    ({ name, contents }) => (name === on.name || name === off.name) && contents[0] === about,
  );
  return last === undefined ? undefined : last.name === on.name;
}

/** The same, for what nobody types in: what cannot be read is null, and nobody can take it for anything. */
export function readableOf(payloads: Payload[] | null | undefined): unknown[] {
  return contentsOf(payloads).map((content) => (content === UNREADABLE ? null : content));
}

import { Client, type WorkflowHandle } from '@temporalio/client';
import type { Wish } from '../../contract/messages.ts';
import { fulfilled } from '../../temporal/fulfilled.ts';

const WITHIN_MS = 30_000;

/** The answer of a workflow to a wish. */
export function wished<Result, Args extends unknown[]>(
  { client, workflowId }: Pick<WorkflowHandle, 'client' | 'workflowId'>,
  wish: Wish<Result, Args>,
  ...args: NoInfer<Args>
): Promise<Result> {
  const ours = new Client({ connection: client.connection, namespace: client.options.namespace });
  return fulfilled(ours, { workflowId, wish, args }, { withinMs: WITHIN_MS });
}

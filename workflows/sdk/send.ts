import { ApplicationFailure } from '@temporalio/common';
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import type { Message } from '../../contract/messages.ts';

/**
 * Types of failures, as the SDK's core names the server's causes. A run of a workflow takes 10,000 signals
 * (`history.maximumSignalsPerExecution`); then it cannot be told anything.
 */
const CANNOT_BE_TOLD = [
  'ExternalWorkflowExecutionNotFound',
  'NamespaceNotFound',
  'SignalCountLimitExceeded',
] as const;

/**
 * Signals another workflow and says whether it could be told. Always await it: a signal that is not awaited
 * before continue-as-new or return is lost.
 */
export async function send<Args extends unknown[]>(
  to: { workflowId: string; runId?: string },
  message: Message<Args>,
  ...args: NoInfer<Args>
): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(to.workflowId, to.runId).signal(message, ...args);
    return true;
  } catch (error) {
    if (error instanceof ApplicationFailure && CANNOT_BE_TOLD.some((type) => type === error.type))
      return false;
    throw error;
  }
}

import { getExternalWorkflowHandle, type SignalDefinition } from '@temporalio/workflow';

/**
 * Signals another workflow and says whether it was there. Always await it: a signal that is not awaited
 * before continue-as-new or return is lost.
 */
export async function send<Args extends unknown[]>(
  to: { workflowId: string; runId?: string },
  signal: SignalDefinition<Args>,
  ...args: Args
): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(to.workflowId, to.runId).signal(signal, ...args);
    return true;
  } catch (error) {
    if (error instanceof Error && /not found/i.test(error.message)) return false;
    throw error;
  }
}

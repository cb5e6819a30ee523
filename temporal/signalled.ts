import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Message } from '../contract/messages.ts';

const ANSWER_MS = 5_000;

/** Signals a workflow of ours and says whether it was there. Rejects if the server does not answer within 5 s. */
export async function signalled<Args extends unknown[]>(
  client: Client,
  workflowId: string,
  message: Message<Args>,
  ...args: NoInfer<Args>
): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + ANSWER_MS, () =>
      client.workflow.getHandle(workflowId).signal(message, ...args),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

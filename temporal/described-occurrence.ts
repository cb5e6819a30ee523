import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { DescribedOccurrence } from '../contract/command-of.ts';

/** A workflow of that id as the server has it, open or closed; undefined: it knows none. Any other failure is thrown. */
export async function describedOccurrence(
  client: Client,
  workflowId: string,
): Promise<DescribedOccurrence | undefined> {
  try {
    const { type, memo } = await client.workflow.getHandle(workflowId).describe();
    return { workflowId, type, memo };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

import type { Client } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import { isNobodyThere } from './failures.ts';

const ANSWER_MS = 3_000;

/** The answer to a query, or undefined when nobody is there to answer. Any other failure of the server is thrown. */
export async function ask<Answer>(
  client: Client,
  workflowId: string,
  query: QueryDefinition<Answer>,
  { runId, withinMs = ANSWER_MS }: { runId?: string; withinMs?: number } = {},
): Promise<Answer | undefined> {
  try {
    return await client.connection.withDeadline(Date.now() + withinMs, () =>
      client.workflow.getHandle(workflowId, runId).query(query),
    );
  } catch (error) {
    if (isNobodyThere(error)) return undefined;
    throw error;
  }
}

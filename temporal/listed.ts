import type { Client } from '@temporalio/client';
import type { AnyMemo } from '../contract/memos.ts';
import { readableOf } from './described.ts';

/** A workflow as the server's list has it, which lags by a second or so. */
export interface Listed {
  workflowId: string;
  memo: AnyMemo;
}

export interface ListedPage {
  listed: Listed[];
  /** For the next page; null: this was the last. */
  cursor: string | null;
}

/**
 * One page of the server's list, by one call: what the client of the SDK lists cannot be gone on with by another process.
 *
 * @param page.cursor of the page before
 */
export async function listPage(
  client: Client,
  query: string,
  page: { size: number; cursor?: string | undefined },
): Promise<ListedPage> {
  const { executions, nextPageToken } = await client.workflowService.listWorkflowExecutions({
    namespace: client.options.namespace,
    query,
    pageSize: page.size,
    ...(page.cursor !== undefined && { nextPageToken: Buffer.from(page.cursor, 'base64url') }),
  });
  return {
    listed: (executions ?? []).map(({ execution, memo }) => ({
      workflowId: execution?.workflowId ?? '',
      memo: Object.fromEntries(
        Object.entries(memo?.fields ?? {}).map(([key, payload]) => [key, readableOf([payload])[0]]),
      ),
    })),
    cursor: nextPageToken?.length ? Buffer.from(nextPageToken).toString('base64url') : null,
  };
}

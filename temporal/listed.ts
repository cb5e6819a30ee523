import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { AnyMemo } from '../contract/memos.ts';
import { schedulerError } from '../words/errors.ts';
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
 * @param page.cursor of the page before @throws `wrong-cursor`
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
    ...(page.cursor !== undefined && { nextPageToken: tokenOf(page.cursor) }),
  });
  return {
    listed: (executions ?? []).map(({ execution, memo }) => ({
      workflowId: execution?.workflowId ?? '',
      memo: Object.fromEntries(
        Object.entries(memo?.fields ?? {}).map(([key, payload]) => [key, readableOf([payload])[0]]),
      ),
    })),
    cursor: nextPageToken?.length ? cursorOf(nextPageToken) : null,
  };
}

/** With a sum, since the server takes a wrong one for trouble of its own, and the call is tried again and again. */
function cursorOf(token: Uint8Array): string {
  return `${sumOf(token)}${Buffer.from(token).toString('base64url')}`;
}

function tokenOf(cursor: string): Uint8Array {
  const token = Buffer.from(cursor.slice(SUM), 'base64url');
  if (sumOf(token) !== cursor.slice(0, SUM)) throw schedulerError({ code: 'wrong-cursor', cursor });
  return token;
}

/** Characters. */
const SUM = 8;

function sumOf(token: Uint8Array): string {
  return createHash('sha256').update(token).digest('hex').slice(0, SUM);
}

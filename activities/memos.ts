import type { Client } from '@temporalio/client';
import { SCHEDULER_ID, semaphoreId } from '../domain/ids.ts';
import type { SemaphoreMemo } from './ensure-semaphore.ts';

/** What an agent's semaphore says of itself; readable without any worker. Undefined before its first pass. */
export async function semaphoreMemo(client: Client, agent: string): Promise<SemaphoreMemo | undefined> {
  return (await memoOf(client, semaphoreId(agent)))?.semaphore as SemaphoreMemo | undefined;
}

export async function schedulerPaused(client: Client): Promise<boolean> {
  return (await memoOf(client, SCHEDULER_ID))?.paused === true;
}

async function memoOf(client: Client, workflowId: string): Promise<Record<string, unknown> | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).memo;
  } catch {
    return undefined;
  }
}

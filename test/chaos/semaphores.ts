import type { Client } from '@temporalio/client';
import { poolId } from '../../domain/semaphore-id.ts';
import { AGENTS, queueOf } from './agents.ts';
import type { PoolStatus } from './observer/idle-rule.ts';

/** The ids of all semaphores, each once. */
export const SEMAPHORE_IDS: readonly string[] = [...new Set(AGENTS.map(({ name }) => poolId(queueOf(name))))];

/** What a semaphore says of itself. Throws where it, or a worker that could say it, is not there. */
export function askSemaphore(client: Client, id: string): Promise<PoolStatus> {
  return client.workflow.getHandle(id).query<PoolStatus>('status');
}

import type { Client } from '@temporalio/client';
import type { Slots } from '../../domain/slots.ts';
import { AGENTS } from './agents.ts';
import type { PoolStatus } from './observer/idle-rule.ts';

/** The workflow id of the semaphore that an agent's runs ask. */
function semaphoreIdOf(agent: string): string {
  return `agent-${agent}`;
}

/** The ids of all semaphores, each once. */
export const SEMAPHORE_IDS: readonly string[] = [...new Set(AGENTS.map(({ name }) => semaphoreIdOf(name)))];

/** What a semaphore says of itself. Throws where it, or a worker that could say it, is not there. */
export async function askSemaphore(client: Client, id: string): Promise<PoolStatus> {
  return asPool(await client.workflow.getHandle(id).query<PoolStatus | Slots>('status'));
}

/** A semaphore of one agent is a pool of one. */
function asPool(said: PoolStatus | Slots): PoolStatus {
  if (!('policy' in said) || !('agent' in said)) return said as PoolStatus;
  const { agent, policy, limitByHand, paused, schedulerPaused, health, quietUntilMs } = said;
  const { limit } = policy;
  return {
    agents: [{ name: agent, limit, limitByHand, paused, health, quietUntilMs }],
    holders: said.holders.map((holder) => ({ ...holder, agent })),
    waiters: said.waiters.map((waiter) => ({ ...waiter, wants: agent })),
    dying: said.dying.map((dying) => ({ ...dying, agent })),
    paused: false,
    schedulerPaused,
  };
}

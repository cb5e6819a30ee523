import type { Client } from '@temporalio/client';
import { AGENTS } from './agents.ts';
import type { PoolAgent, PoolStatus } from './observer/idle-rule.ts';

/** The workflow id of the semaphore that an agent's runs ask. */
function semaphoreIdOf(agent: string): string {
  return `agent-${agent}`;
}

/** The ids of all semaphores, each once. */
export const SEMAPHORE_IDS: readonly string[] = [...new Set(AGENTS.map(({ name }) => semaphoreIdOf(name)))];

/** What a semaphore says of itself. Throws where it, or a worker that could say it, is not there. */
export async function askSemaphore(client: Client, id: string): Promise<PoolStatus> {
  return asPool(await client.workflow.getHandle(id).query<PoolStatus | AgentStatus>('status'));
}

/** What the semaphore of one agent says: that is a pool of one, and all of its runs ask for this agent. */
interface AgentStatus
  extends Omit<PoolAgent, 'name' | 'limit'>,
    Pick<PoolStatus, 'holders' | 'dying' | 'schedulerPaused'> {
  agent: string;
  policy: { limit: number };
  waiters: { workflowId: string; runId: string }[];
}

function asPool(said: PoolStatus | AgentStatus): PoolStatus {
  if ('agents' in said) return said;
  const { agent, policy, schedulerPaused, limitByHand, paused, health, quietUntilMs } = said;
  return {
    agents: [{ name: agent, limit: policy.limit, limitByHand, paused, health, quietUntilMs }],
    holders: said.holders.map((holder) => ({ ...holder, agent })),
    waiters: said.waiters.map((waiter) => ({ ...waiter, wants: agent })),
    dying: said.dying.map((dying) => ({ ...dying, agent })),
    paused: false,
    schedulerPaused,
  };
}

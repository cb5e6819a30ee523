/** The semaphore of a pool: the agents of one `agentType`. */
export const poolId = (queue: string) => `pool-${queue}`;

/** The semaphore that an agent's runs wait for: that of its pool, or one of its own where it has none. */
export const semaphoreOf = ({ name, queue }: { name: string; queue?: string | null | undefined }) =>
  queue === undefined || queue === null ? `agent-${name}` : poolId(queue);

/** What a semaphore is called among people: the queue of its pool, or the agent. */
export function semaphoreName(semaphore: string): { queue: string } | { agent: string } {
  return semaphore.startsWith('pool-') ? { queue: semaphore.slice(5) } : { agent: semaphore.slice(6) };
}

/** The semaphore of a pool: the agents of one `agentType`. */
export const poolId = (queue: string) => `pool-${queue}`;

/** The semaphore that an agent's runs wait for: that of its pool, or one of its own where it has none. */
export const semaphoreOf = ({ name, queue }: { name: string; queue?: string | null | undefined }) =>
  queue === undefined || queue === null ? `agent-${name}` : poolId(queue);

/** Whose slots: any of a pool's, by its queue, or those of one agent. */
export type Whose = { queue: string } | { agent: string };

/** Whose slots a semaphore gives. */
export function semaphoreName(semaphore: string): Whose {
  return semaphore.startsWith('pool-') ? { queue: semaphore.slice(5) } : { agent: semaphore.slice(6) };
}

/** Whose slots a run uses: those of the only agent that may have its task, or else of its pool. */
export function whoseSlots({ wants, semaphore }: { wants: string | null; semaphore: string }): Whose {
  return wants === null ? semaphoreName(semaphore) : { agent: wants };
}

/** All ids and task queues. Two TinyTasks are two Temporal namespaces, so the ids are plain. */
export const SCHEDULER_ID = 'scheduler';
export const taskWorkflowId = (taskId: number) => `task-${taskId}`;
/** The semaphore of a pool: the agents of one `agentType`. */
export const poolId = (queue: string) => `pool-${queue}`;
/** The semaphore that an agent's runs wait for: that of its pool, or one of its own where it has none. */
export const semaphoreOf = ({ name, queue }: { name: string; queue?: string | null | undefined }) =>
  queue === undefined || queue === null ? `agent-${name}` : poolId(queue);
/** What a semaphore is called among people: the queue of its pool, or the agent. */
export function semaphoreName(semaphore: string): { queue: string } | { agent: string } {
  return semaphore.startsWith('pool-') ? { queue: semaphore.slice(5) } : { agent: semaphore.slice(6) };
}

/** Workflows and light activities; polled by daemons, and by `run --once` while nobody else does. */
export const MAIN_QUEUE = 'tinyscheduler';
/** What the scheduler does of its own accord; polled by daemons only, so without one it does what it is asked. */
export const DAEMON_QUEUE = 'tinyscheduler-daemon';
/** Goose runs; an agent that names a host group is served by the hosts of that group. */
export const gooseQueue = (hostGroup?: string) =>
  hostGroup === undefined ? 'tinyscheduler-goose' : `tinyscheduler-goose-${hostGroup}`;

/** Names one attempt for ever: comments carry it, so that one that is there already is recognised. */
export const attemptId = (runId: string, number: number) => `${runId}/${number}`;
export const attemptLogName = (taskId: number, runId: string, number: number) =>
  `task_${taskId}_attempt_${number}_${runId.slice(0, 8)}.log`;

/** All ids and task queues. Two TinyTasks are two Temporal namespaces, so the ids are plain. */
export const SCHEDULER_ID = 'scheduler';
export const taskWorkflowId = (taskId: number) => `task-${taskId}`;
/** Undefined of any other workflow id. */
export const taskIdOf = (workflowId: string): number | undefined => {
  const [, id] = /^task-(\d+)$/.exec(workflowId) ?? [];
  return id === undefined ? undefined : Number(id);
};
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

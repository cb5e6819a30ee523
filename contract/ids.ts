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

/** Whom to tell, and what there is to be told; polled by daemons that have somebody to notify. */
export const NOTIFY_QUEUE = 'tinyscheduler-notify';

/** Names one attempt for ever: comments carry it, so that one that is there already is recognised. */
export const attemptId = (runId: string, number: number) => `${runId}/${number}`;
export const attemptLogName = (taskId: number, runId: string, number: number) =>
  `task_${taskId}_attempt_${number}_${runId.slice(0, 8)}.log`;

const SCHEDULE = 'schedule-';
/** Of the workflow that keeps a schedule. The Temporal Schedule has the plain name as its id. */
export const scheduleWorkflowId = (name: string) => `${SCHEDULE}${name}`;
const OCCURRENCE = 'occurrence-';
/** To which the server adds the time: `-2026-11-26T03:00:00Z`. */
export const occurrenceIdBase = (schedule: string) => `${OCCURRENCE}${schedule}`;
/** As the server makes it; the time is cut to seconds. */
export const occurrenceId = (schedule: string, plannedMs: number) =>
  `${occurrenceIdBase(schedule)}-${new Date(plannedMs).toISOString().slice(0, 19)}Z`;
export const isOccurrenceId = (id: string) => id.startsWith(OCCURRENCE) && id.length <= 200;
/** The one workflow that notifies people. */
export const NOTIFIER_ID = 'notifier';
/** The one workflow that lets occurrences in. */
export const OCCURRENCES_ID = 'occurrences';
/** Tags of a task that an occurrence has made. */
export const occurrenceTag = (workflowId: string) => `occurrence:${workflowId}`;
export const scheduleTag = (schedule: string) => `schedule:${schedule}`;

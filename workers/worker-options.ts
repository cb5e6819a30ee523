import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import type { GooseDeps } from '../activities/attempt/deps.ts';
import { gooseActivities } from '../activities/attempt/goose.ts';
import { type NotifierDeps, notifierActivities } from '../activities/notify/notify.ts';
import { occurrenceActivities } from '../activities/occurrence/occurrence.ts';
import { scheduleActivities } from '../activities/schedule/schedule.ts';
import { settleActivities } from '../activities/settle/settle.ts';
import { semaphoreActivities } from '../activities/slots/semaphore.ts';
import { surveyActivities } from '../activities/survey/survey.ts';
import { watchActivities } from '../activities/survey/watch.ts';
import { toldOccurrences, toldSchedules } from '../activities/told.ts';
import { DAEMON_QUEUE, gooseQueue, MAIN_QUEUE, NOTIFY_QUEUE } from '../contract/ids.ts';
import { heartbeats } from './heartbeats.ts';
import { workflowSource } from './workflow-source.ts';

/**
 * What a process does. `daemon`: everything. `once`: what it is asked, and goose runs. `worker`: goose runs only.
 */
export type Role = 'daemon' | 'once' | 'worker';

/** What all activities together need. */
export type ActivityDeps = GooseDeps &
  Parameters<typeof settleActivities>[0] &
  Parameters<typeof semaphoreActivities>[0] &
  Parameters<typeof occurrenceActivities>[0] &
  Parameters<typeof surveyActivities>[0] &
  Parameters<typeof watchActivities>[0];

/** What looking for what people are to be told needs, besides what all activities need. */
export type NotifyDeps = Pick<NotifierDeps, 'conditions' | 'page'>;

export interface WorkerSetting {
  connection: NativeConnection;
  namespace: string;
  /** Path of the bundled workflows, where another bundle than that of the build is meant. */
  workflowBundle: string | undefined;
  deps: ActivityDeps;
  /** Absent: nobody is to be notified. */
  notify?: NotifyDeps | undefined;
}

/** A workflow task for a worker that was killed waits this long before another one gets it (10 s by default). */
const STICKY_TIMEOUT = '1s';
/** A look and a message, and those of a run that has just ended. */
const AT_A_TIME = 4;
/** Long enough to stop goose (TERM, grace, KILL) and to report. */
const STOP_MARGIN_MS = 15_000;

/** The options of a role's workers, one for each task queue that it polls; the first is the one that runs goose. */
export function workerOptions(role: Role, setting: WorkerSetting): WorkerOptions[] {
  const common = commonOptions(setting);
  const options = [{ ...common, ...gooseWorker(setting.deps) }];
  if (role !== 'worker') options.push({ ...common, ...mainWorker(setting) });
  if (role === 'daemon') options.push({ ...common, ...daemonWorker(setting.deps) });
  if (role === 'daemon' && setting.notify)
    options.push({ ...common, ...notifyWorker({ ...setting.deps, ...setting.notify }) });
  return options;
}

function commonOptions({ connection, namespace, deps: { config } }: WorkerSetting): Partial<WorkerOptions> {
  return {
    connection,
    namespace,
    shutdownForceTime: config.killGraceMs + STOP_MARGIN_MS,
    // Else the SDK keeps heartbeats back for most of the heartbeat timeout, and cancellations with them.
    maxHeartbeatThrottleInterval: '1s',
  };
}

function gooseWorker(deps: ActivityDeps): WorkerOptions {
  return {
    taskQueue: gooseQueue(deps.config.hostGroup),
    activities: gooseActivities(deps),
    maxConcurrentActivityTaskExecutions: deps.config.runsPerHost,
  };
}

function mainWorker({ deps, workflowBundle }: WorkerSetting): WorkerOptions {
  return {
    taskQueue: MAIN_QUEUE,
    ...workflowSource(workflowBundle),
    activities: {
      ...surveyActivities(deps),
      ...semaphoreActivities(deps),
      ...settleActivities(deps),
      ...toldOccurrences(occurrenceActivities(deps), deps.tell),
      ...toldSchedules(scheduleActivities(deps), deps.tell),
    },
    interceptors: { activity: [heartbeats] },
    maxCachedWorkflows: 500,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
  };
}

function daemonWorker(deps: ActivityDeps): WorkerOptions {
  return {
    taskQueue: DAEMON_QUEUE,
    activities: { ...surveyActivities(deps), ...watchActivities(deps) },
    interceptors: { activity: [heartbeats] },
  };
}

/** A queue of its own, so that no other work waits for a receiver, and a daemon without one takes none of it. */
function notifyWorker(deps: NotifierDeps): WorkerOptions {
  return {
    taskQueue: NOTIFY_QUEUE,
    activities: notifierActivities(deps),
    interceptors: { activity: [heartbeats] },
    maxConcurrentActivityTaskExecutions: AT_A_TIME,
  };
}

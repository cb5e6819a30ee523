import { proxyActivities } from '@temporalio/workflow';
import type { SurveyActivities, WatchActivities } from '../../contract/activities.ts';
import { DAEMON_QUEUE, MAIN_QUEUE } from '../../contract/ids.ts';

/** They beat every two seconds. One that a stopping daemon took along is done anew after this time. */
const HEARTBEAT_TIMEOUT = '6s';
const RETRY = { initialInterval: '1s', maximumInterval: '10s' } as const;
const SURVEY = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: RETRY,
} as const;

/** For a pass that somebody asked for: whoever serves the main queue does it. */
export const asked = proxyActivities<SurveyActivities>({ ...SURVEY, taskQueue: MAIN_QUEUE });
/** For what is due of its own accord: it waits for a daemon. */
export const onDaemon = proxyActivities<SurveyActivities>({ ...SURVEY, taskQueue: DAEMON_QUEUE });
export const { watch } = proxyActivities<WatchActivities>({
  taskQueue: DAEMON_QUEUE,
  startToCloseTimeout: '1 day',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: RETRY,
});

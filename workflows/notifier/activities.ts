import { proxyActivities } from '@temporalio/workflow';
import { NOTIFY_QUEUE } from '../../contract/ids.ts';
import type { NotifierActivities } from '../../contract/notify.ts';

const RETRY = { initialInterval: '1s', maximumInterval: '10s' } as const;

/** Only a daemon that has somebody to notify polls their queue, and they wait for one. */
export const { watchConditions } = proxyActivities<NotifierActivities>({
  taskQueue: NOTIFY_QUEUE,
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '6s',
  retry: RETRY,
});
/** What the receiver says is its result; it is done anew only where its daemon is gone. */
export const { deliverNotification } = proxyActivities<NotifierActivities>({
  taskQueue: NOTIFY_QUEUE,
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '6s',
  retry: RETRY,
});

import { proxyActivities } from '@temporalio/workflow';
import type { OccurrenceActivities } from '../../contract/activities.ts';
import { MAIN_QUEUE } from '../../contract/ids.ts';
import { SHORT_ACTIVITY } from '../sdk/short-activity.ts';

/** All that an occurrence has done for it. */
export const activities = proxyActivities<OccurrenceActivities>({ ...SHORT_ACTIVITY, taskQueue: MAIN_QUEUE });

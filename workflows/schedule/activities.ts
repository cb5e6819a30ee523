import { proxyActivities } from '@temporalio/workflow';
import type { ScheduleActivities } from '../../contract/activities.ts';
import { MAIN_QUEUE } from '../../contract/ids.ts';
import { SHORT_ACTIVITY } from '../sdk/short-activity.ts';

export const { keepSchedule, dueTimes, occurrencesThere } = proxyActivities<ScheduleActivities>({
  ...SHORT_ACTIVITY,
  taskQueue: MAIN_QUEUE,
});

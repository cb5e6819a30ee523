import type { Alert, Checked } from '../../contract/check.ts';
import { sayAlert } from '../../words/alert.ts';

/** Whether all is well, as one JSON object. `code` says of what kind an alert is. */
export function checkJson({ alerts, ...counts }: Checked, nowMs: number): Record<string, unknown> {
  return {
    well: alerts.length === 0,
    alerts: alerts.map((alert) => ({ code: alert.what, ...about(alert), says: sayAlert(alert, nowMs) })),
    ...counts,
  };
}

function about(alert: Alert): Record<string, unknown> {
  return {
    ...('queue' in alert && { pool: alert.queue }),
    ...('agent' in alert && { agent: alert.agent.name }),
    ...('schedule' in alert && { schedule: alert.schedule }),
    ...('taskIds' in alert && { tasks: alert.taskIds }),
    ...(alert.what === 'age' && { tasks: [alert.taskId] }),
    ...(alert.what === 'depth' && { waiting: alert.waiting }),
  };
}

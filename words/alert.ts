import { calledAs } from '../config/called-as.ts';
import type { Alert } from '../contract/check.ts';
import { sayAgent } from './agent.ts';
import { duration } from './duration.ts';
import { counted } from './number.ts';
import { sayProblem } from './problem.ts';
import { sayMoreSchedules, sayScheduleTrouble } from './schedule-trouble.ts';
import { sayScheduler } from './scheduler.ts';

const IDS_SHOWN = 10;

/** What a person should look at, as a sentence. `nowMs`: milliseconds since the epoch. */
export function sayAlert(alert: Alert, nowMs: number): string {
  switch (alert.what) {
    case 'scheduler':
      return `Scheduler: ${sayScheduler(alert.state)}.`;
    case 'no-pass':
      return `The last pass is ${duration(nowMs - alert.sinceMs)} ago: the daemon lives and does not look for work.`;
    case 'problem':
      return sayProblem(alert.problem);
    case 'schedule-did-not-fire':
    case 'schedule-bad-ends':
    case 'schedule-not-kept':
    case 'schedule-missed':
      return sayScheduleTrouble(alert);
    case 'more-schedules':
      return sayMoreSchedules(alert.count);
    case 'agent':
      return `Agent ${alert.agent.name} is given nothing: ${sayAgent(alert.agent)}.`;
    case 'pool-off':
      return `Nothing starts in pool ${alert.queue}: ${sayAgent(alert.agent)}.`;
    case 'unserved':
      return `${tasksWait(alert.tasks)} in queue "${alert.queue}", which no agent serves.`;
    case 'placeless':
      return `${tasksWait(alert.tasks)} with neither a queue nor an agent.`;
    case 'interrupted':
      return `The goose host is gone of ${ids(alert.taskIds)}.`;
    case 'parked':
      return `Parked until \`${calledAs()} retry\`: ${ids(alert.taskIds)}.`;
    case 'depth':
      return `${tasksWait(alert.waiting)} in pool ${alert.queue}, more than ${alert.most}.`;
    case 'age':
      return (
        `In pool ${alert.queue} task ${alert.taskId} waits, added ${duration(nowMs - alert.addedMs)} ago, ` +
        `which is more than ${duration(alert.oldestMs)}.`
      );
  }
}

export function tasksWait(count: number): string {
  return `${counted(count, 'task')} ${count === 1 ? 'waits' : 'wait'}`;
}

function ids(taskIds: readonly number[]): string {
  const shown = taskIds.slice(0, IDS_SHOWN).join(', ');
  const more = taskIds.length - IDS_SHOWN;
  return `task${taskIds.length === 1 ? '' : 's'} ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

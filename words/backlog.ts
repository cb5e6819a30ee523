import type { Backlog } from '../contract/status.ts';
import type { BacklogGroup } from '../domain/plan/backlog.ts';
import { sayProblems } from './problem.ts';
import { sayReason, sayTasks } from './reason.ts';
import { sayScheduler } from './scheduler.ts';

/** What keeps all open tasks, as lines: the largest group first. */
export function sayBacklog(backlog: Backlog): string[] {
  const { open, running, groups, moreGroups, moreTasks, problems, scheduler } = backlog;
  const headline = scheduler === 'running' ? [] : [`Scheduler: ${sayScheduler(backlog)}.`];
  const more = moreGroups === 0 ? [] : [`and ${moreTasks} tasks more, for ${moreGroups} other causes`];
  return [
    open === 0 ? 'No task is open.' : `${count(open)} open, ${running} of them with a slot.`,
    ...groups.map(sayGroup),
    ...more,
    ...headline,
    ...sayProblems(problems).map((problem) => `Problem: ${problem}`),
  ];
}

/** How many, why, and which, as a line without a full stop. */
export function sayGroup({ count: size, reason, behind, cause, taskIds }: BacklogGroup): string {
  const ids = sayTasks(taskIds, size - taskIds.length);
  const because = cause === null ? '' : ` (${cause})`;
  return `${count(size)}: ${sayCauseOf(reason, behind)}${because}: ${ids}`;
}

function sayCauseOf(reason: BacklogGroup['reason'], behind: number | null): string {
  if (behind === null) return reason === null ? 'it leaves its line, and is planned anew' : sayReason(reason);
  return `behind task ${behind}: ${reason === null ? 'it is not among the open tasks' : sayReason(reason)}`;
}

const count = (size: number) => (size === 1 ? '1 task' : `${size} tasks`);

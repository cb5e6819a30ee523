import type { Backlog } from '../contract/status.ts';
import type { BacklogGroup } from '../domain/plan/backlog.ts';
import type { Reason } from '../domain/plan/reason.ts';
import { counted } from './number.ts';
import { sayProblems } from './problem.ts';
import { sayReason, sayTasks } from './reason.ts';
import { sayHeadline } from './scheduler.ts';

/** What keeps all open tasks, as lines: the largest group first. */
export function sayBacklog(backlog: Backlog): string[] {
  const { open, running, groups, moreGroups, moreTasks, problems } = backlog;
  const more = moreGroups === 0 ? [] : [`and ${moreTasks} tasks more, for ${moreGroups} other causes`];
  return [
    open === 0 ? 'No task is open.' : `${counted(open, 'task')} open, ${running} of them with a slot.`,
    ...groups.map(sayGroup),
    ...more,
    ...sayHeadline(backlog),
    ...sayProblems(problems).map((problem) => `Problem: ${problem}`),
  ];
}

/** How many, why, and which, as a line without a full stop. */
export function sayGroup(group: BacklogGroup): string {
  const { count: size, taskIds } = group;
  return `${counted(size, 'task')}: ${sayCauseOf(group)}: ${sayTasks(taskIds, size - taskIds.length)}`;
}

function sayCauseOf({ reason, behind, cause }: BacklogGroup): string {
  if (behind !== null)
    return `behind task ${behind}: ${reason === null ? 'it is not among the open tasks' : sayReason(reason)}`;
  if (reason === null) return 'it leaves its line, and is planned anew';
  return cause === null ? sayReason(reason) : `${reason.why}${sayAgent(reason)} (${cause})`;
}

/** A run that rests is told by why it does. */
function sayAgent(reason: Reason): string {
  return 'agent' in reason && reason.agent !== null ? ` after an attempt on ${reason.agent}` : '';
}

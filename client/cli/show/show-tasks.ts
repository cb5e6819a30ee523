import type { OpenTask } from '../../../contract/listings.ts';
import { duration } from '../../../words/duration.ts';
import { sayOpenTask } from '../../../words/open-task.ts';
import { cut, printable } from './cells.ts';
import { table } from './table.ts';

const HEAD = ['TASK', 'PHASE', 'POOL', 'AGENT', 'PRIORITY', 'AGE', 'TITLE', 'WHY'];
const LONGEST_TITLE = 24;

/** Open tasks for people. `nowMs`: milliseconds since the epoch. `across`: columns of the terminal. */
export function tasksText(tasks: readonly OpenTask[], nowMs: number, across?: number): string {
  if (tasks.length === 0) return 'There is no such open task.';
  const rows = tasks.map((task) => {
    const { taskId, phase, pool, agent, priority, addedMs, title } = task;
    return [
      ...[String(taskId), phase, pool ?? '-', agent ?? '-', String(priority)],
      addedMs === null ? '?' : duration(nowMs - addedMs),
      // Cut before it is measured: it may be of any length.
      cut(printable(title.slice(0, 500)), LONGEST_TITLE),
      sayOpenTask(task),
    ];
  });
  return `${table([HEAD, ...rows], across)}\n\n${tasks.length} open task${tasks.length === 1 ? '' : 's'}.`;
}

import type { TaskLine } from '../../api/shapes.ts';

export interface Cause {
  says: string;
  tasks: TaskLine[];
}

/** Parked tasks by why they are, those with the most tasks first. Numbers in a reason do not make it another one. */
export function causesOf(tasks: Iterable<TaskLine>): Cause[] {
  const found = new Map<string, Cause>();
  for (const task of tasks) {
    if (task.phase !== 'parked') continue;
    const key = task.says.replace(/\d+/g, '#');
    const kept = found.get(key);
    if (kept === undefined) found.set(key, { says: task.says, tasks: [task] });
    else kept.tasks.push(task);
  }
  return [...found.values()].sort((a, b) => b.tasks.length - a.tasks.length || (a.says < b.says ? -1 : 1));
}

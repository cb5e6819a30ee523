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

/** Of the API's answer to a retry of many, what is told here. */
export interface CalledBack {
  tasks: readonly { did: string | null; problem: unknown }[];
  /** Nobody got to them. */
  left: number;
}

export function sayCalledBack({ tasks, left }: CalledBack): string {
  const failed = tasks.filter(({ problem }) => problem !== null).length;
  const needless = tasks.filter(({ problem, did }) => problem === null && did === 'nothing').length;
  const rest = [
    ...(needless > 0 ? [`${needless} needed nothing`] : []),
    ...(failed > 0 ? [`${failed} could not be`] : []),
    ...(left > 0 ? [`${left} were not reached`] : []),
  ];
  return `${[`${tasks.length - failed - needless} called back`, ...rest].join('; ')}.`;
}

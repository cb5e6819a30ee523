import type { DoneMany } from '../../api/shapes.ts';

/** Of one request. */
const MOST = 1_000;

export type RetriedTask = DoneMany['tasks'][number];

/** What became of each task. */
export interface RetriedMany {
  tasks: RetriedTask[];
  /** Those that nobody got to. */
  left: number[];
}

/**
 * Retries tasks, in as many requests as it takes. `send`: one request.
 * @throws what `send` does, where nothing has been done yet; later the rest is left
 */
export async function retryMany(
  ids: readonly number[],
  send: (ids: readonly number[]) => Promise<DoneMany>,
): Promise<RetriedMany> {
  const done: RetriedTask[] = [];
  let left = [...ids];
  while (left.length > 0) {
    const answer = await send(left.slice(0, MOST)).catch((error: unknown) => {
      if (done.length === 0) throw error;
    });
    // The rest would be answered in the same way.
    if (answer === undefined || answer.tasks.length === 0) break;
    done.push(...answer.tasks);
    const told = new Set(answer.tasks.map(({ task_id: id }) => id));
    left = left.filter((id) => !told.has(id));
  }
  return { tasks: done, left };
}

export interface Told {
  /** Runs again. */
  well: number[];
  /** Needs nothing, such as one that somebody else has retried meanwhile. */
  needless: RetriedTask[];
  failed: RetriedTask[];
}

export function toldApart(tasks: readonly RetriedTask[]): Told {
  const failed = tasks.filter(({ problem }) => problem !== null);
  const needless = tasks.filter(({ problem, did }) => problem === null && did === 'nothing');
  const well = tasks.filter(({ problem, did }) => problem === null && did !== 'nothing');
  return { well: well.map(({ task_id: id }) => id), needless, failed };
}

export function countTasks(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`;
}

/** In a sentence. */
export function sayRetried({ tasks, left }: RetriedMany): string {
  const { well, needless, failed } = toldApart(tasks);
  const rest = [
    ...(needless.length > 0 ? [`${needless.length} needed nothing`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed, which are listed`] : []),
    ...(left.length > 0 ? [`${left.length} were not reached`] : []),
  ];
  return `${[`${countTasks(well.length)} retried`, ...rest].join('; ')}.`;
}

import { SchedulerError } from '../contract/errors.ts';
import type { TaskDone } from '../contract/status.ts';
import { asSchedulerError } from './errors.ts';

/** Server and TinyTask have other things to do, too. */
const AT_A_TIME = 25;

/**
 * Does the same for many tasks, some at a time. One that fails keeps no other from being done; a defect of ours is thrown.
 *
 * @param tell is told of each as soon as it is done
 */
export async function eachTask<Done>(
  taskIds: readonly number[],
  work: (taskId: number) => Promise<Done>,
  tell: (done: TaskDone<Done>) => void = () => {},
): Promise<TaskDone<Done>[]> {
  const results: TaskDone<Done>[] = [];
  const left = [...new Set(taskIds)].entries();
  const one = async () => {
    for (const [at, taskId] of left) {
      const done = await outcomeOf(taskId, work);
      results[at] = done;
      tell(done);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
  return results;
}

async function outcomeOf<Done>(
  taskId: number,
  work: (taskId: number) => Promise<Done>,
): Promise<TaskDone<Done>> {
  try {
    return { taskId, done: await work(taskId) };
  } catch (error) {
    const told = asSchedulerError(error);
    if (!(told instanceof SchedulerError)) throw told;
    return { taskId, failure: told.failure };
  }
}

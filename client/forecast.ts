import type { Forecast } from '../contract/forecast.ts';
import { foresee } from '../domain/forecast/forecast.ts';
import { isOpen } from '../domain/task.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { schedulerError } from '../words/errors.ts';
import { type ForesightDeps, readKnown, titled } from './foresight.ts';
import { problemsOf, stateOf } from './status.ts';

/**
 * When each open task starts and ends, or the one that is named.
 * @throws `no-such-task` @throws `nothing-to-foresee` @throws what TinyTask fails with
 */
export async function readForecast(
  deps: ForesightDeps & { tinytask: Pick<TinyTask, 'get'> },
  taskId?: number,
): Promise<Forecast> {
  if (taskId !== undefined) await refuseOver(deps, taskId);
  const { snapshot, input, experience, restsOn, coming } = await readKnown(deps);
  const { tasks, ...foresight } = foresee(input, experience);
  return {
    ...stateOf(snapshot.scheduler),
    ...foresight,
    atMs: input.plan.nowMs,
    tasks: titled(
      taskId === undefined ? tasks : tasks.filter((task) => task.taskId === taskId),
      snapshot.tasks,
    ),
    ...{ restsOn, coming },
    problems: problemsOf(snapshot),
  };
}

async function refuseOver({ tinytask }: { tinytask: Pick<TinyTask, 'get'> }, taskId: number): Promise<void> {
  const task = await tinytask.get(taskId);
  if (task === undefined) throw schedulerError({ code: 'no-such-task', taskId });
  const status = task.archivedAt === null ? task.status : 'archived';
  if (!isOpen(task)) throw schedulerError({ code: 'nothing-to-foresee', taskId, status });
}

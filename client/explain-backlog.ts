import type { Backlog } from '../contract/status.ts';
import { groupByCause } from '../domain/plan/backlog.ts';
import type { Standing } from '../domain/plan/decision.ts';
import { standingsOf } from '../domain/plan/plan.ts';
import { schedulerError } from '../words/errors.ts';
import { readSnapshot, type SnapshotDeps } from './snapshot.ts';
import { stateOf } from './status.ts';

/** All open tasks by what keeps them from running. @throws a failure of TinyTask, without which nothing is known of tasks */
export async function explainBacklog(deps: SnapshotDeps): Promise<Backlog> {
  const { scheduler, planInput, problems, runs } = await readSnapshot(deps);
  if (planInput === undefined) {
    const failed = problems.find((problem) => problem.what === 'failed');
    if (failed !== undefined) throw schedulerError(failed.failure);
  }
  const causes = new Map(
    runs
      .filter(({ phase }) => phase === 'parked' || phase === 'backing-off')
      .map(({ taskId, memo }) => [taskId, memo?.why]),
  );
  const standings = planInput ? standingsOf(planInput) : new Map<number, Standing>();
  const grouped = groupByCause(standings, (taskId) => causes.get(taskId));
  return { ...stateOf(scheduler), open: standings.size, ...grouped, problems };
}

import type { Backlog } from '../contract/status.ts';
import { groupByCause } from '../domain/plan/backlog.ts';
import { standingsOf } from '../domain/plan/plan.ts';
import { planInputIn, readSnapshot, type SnapshotDeps } from './snapshot.ts';
import { stateOf } from './status.ts';

/** All open tasks by what keeps them from running. @throws a failure of TinyTask, without which nothing is known of tasks */
export async function explainBacklog(deps: SnapshotDeps): Promise<Backlog> {
  const snapshot = await readSnapshot(deps);
  const { scheduler, problems, runs } = snapshot;
  const standings = standingsOf(planInputIn(snapshot));
  const causes = new Map(
    runs
      .filter(({ phase }) => phase === 'parked' || phase === 'backing-off')
      .map(({ taskId, memo }) => [taskId, memo?.why]),
  );
  const grouped = groupByCause(standings, (taskId) => causes.get(taskId));
  return { ...stateOf(scheduler), open: standings.size, ...grouped, problems };
}

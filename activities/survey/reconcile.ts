import type { Client } from '@temporalio/client';
import type { OpenRun } from '../../domain/plan/input.ts';
import { asOpenRun, goesOn } from '../../temporal/past.ts';
import { type KnownRun, lastRunOf, openRuns } from '../../temporal/runs.ts';

export interface Reconciled {
  runs: OpenRun[];
  /** Task id -> `created_at` of the task that its run is about. */
  createdAt: ReadonlyMap<number, string>;
  /** Task ids of runs that are at no attempt. */
  resting: ReadonlySet<number>;
  /** Semaphores with a run that was ended from outside: its slot may not have been given back. */
  ofLostRuns: string[];
}

/**
 * The open runs as they really are. The server's list lags: a run it does not show is read by itself before
 * it counts as ended, and each one it shows has been read. One that the scheduler was told has ended, and that has only to
 * close, does not count.
 *
 * @param believed what the scheduler knows by what the runs told it; null before its first pass, when it was told nothing
 */
export async function reconcile(client: Client, believed: readonly OpenRun[] | null): Promise<Reconciled> {
  const listed = await openRuns(client);
  const seen = new Set(listed.map((run) => run.taskId));
  const unseen = await Promise.all(
    (believed ?? []).filter((run) => !seen.has(run.taskId)).map((run) => lastRunOf(client, run.taskId)),
  );
  const known = [...listed, ...unseen.filter((run) => run !== undefined)];
  const inHand = believed === null ? undefined : new Set(believed.map((run) => run.taskId));
  const isOver = (run: KnownRun) =>
    run.phase === 'running' && !goesOn(run) && inHand?.has(run.taskId) === false;
  const open = known.filter((run) => run.closedAtMs === null && !isOver(run));
  const ended = known.filter((run) => run.closedAtMs !== null && !run.inOrder);
  return {
    runs: open.map(asOpenRun),
    resting: new Set(open.flatMap(({ phase, taskId }) => (phase === 'running' ? [] : [taskId]))),
    createdAt: new Map(
      open.flatMap((run) => (run.memo === null ? [] : [[run.taskId, run.memo.createdAt] as const])),
    ),
    ofLostRuns: [...new Set(ended.flatMap((run) => run.memo?.semaphore ?? []))],
  };
}

import type { Client } from '@temporalio/client';
import type { OpenRun } from '../domain/plan.ts';
import { asOpenRun } from './past.ts';
import { lastRunOf, openRuns } from './runs.ts';

export interface Reconciled {
  runs: OpenRun[];
  /** Task id -> `created_at` of the task that its run is about. */
  createdAt: ReadonlyMap<number, string>;
  /** Agents with a run that was ended from outside: its slot may not have been given back. */
  bereaved: string[];
}

/**
 * The open runs as they really are. The server's list lags: a run it does not show is read by itself before
 * it counts as ended, and each one it shows has been read.
 */
export async function reconcile(client: Client, believed: readonly OpenRun[]): Promise<Reconciled> {
  const listed = await openRuns(client);
  const seen = new Set(listed.map((run) => run.taskId));
  const unseen = await Promise.all(
    believed.filter((run) => !seen.has(run.taskId)).map((run) => lastRunOf(client, run.taskId)),
  );
  const known = [...listed, ...unseen.filter((run) => run !== undefined)];
  const open = known.filter((run) => run.closedAtMs === null);
  const ended = known.filter((run) => run.closedAtMs !== null && !run.inOrder);
  return {
    runs: open.map(asOpenRun),
    createdAt: new Map(
      open.flatMap((run) => (run.memo === null ? [] : [[run.taskId, run.memo.createdAt] as const])),
    ),
    bereaved: [...new Set(ended.map((run) => run.agent))],
  };
}

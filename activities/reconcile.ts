import type { Client } from '@temporalio/client';
import type { OpenRun } from '../domain/plan.ts';
import { asOpenRun } from './past.ts';
import { lastRunOf, openRuns } from './runs.ts';

/**
 * The open runs as they really are. The server's list lags: a run it does not show is read by itself before
 * it counts as ended, and each one it shows has been read.
 */
export async function reconcile(client: Client, believed: readonly OpenRun[]): Promise<OpenRun[]> {
  const listed = (await openRuns(client)).map(asOpenRun);
  const seen = new Set(listed.map((run) => run.taskId));
  const unseen = await Promise.all(
    believed
      .filter((run) => !seen.has(run.taskId))
      .map(async (run) => {
        const last = await lastRunOf(client, run.taskId);
        return last !== undefined && last.closedAtMs === null ? [asOpenRun(last)] : [];
      }),
  );
  return [...listed, ...unseen.flat()];
}

import type { Client } from '@temporalio/client';
import { inBatches } from '../../contract/in-batches.ts';
import type { OpenRun } from '../../domain/plan/input.ts';
import { asOpenRun, goesOn } from '../../temporal/past.ts';
import { type KnownRun, lastRunOf, openRunsByList } from '../../temporal/runs.ts';

export interface Reconciled {
  runs: OpenRun[];
  /** Task id -> `created_at` of the task that its run is about. */
  createdAt: ReadonlyMap<number, string>;
  /** Task ids of runs that are at no attempt. */
  resting: ReadonlySet<number>;
  /** Semaphores of runs that were ended from outside, and so may not have given back their slot. */
  ofLostRuns: string[];
}

/**
 * The open runs as they really are. The server's list lags, so what it says of a run counts where the scheduler takes the run
 * for the same; any other run is read by itself, also one that is not in the list. A run that has told the scheduler that it ended, and has only to close, does not count.
 *
 * @param believed open runs by what they have told the scheduler; null before its first pass, when none has told anything
 */
export async function reconcile(client: Client, believed: readonly OpenRun[] | null): Promise<Reconciled> {
  const listed = await openRunsByList(client, tellsEnough(believed));
  const seen = new Set(listed.map((run) => run.taskId));
  const unseen = await inBatches(
    (believed ?? []).filter((run) => !seen.has(run.taskId)),
    (run) => lastRunOf(client, run.taskId),
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

/** Whether what is listed need not be read: it is what the scheduler has been told, or nobody can tell otherwise of a run at rest. */
function tellsEnough(believed: readonly OpenRun[] | null): (listed: KnownRun) => boolean {
  if (believed === null) return ({ phase }) => phase === 'parked' || phase === 'backing-off';
  const told = new Map(believed.map((run) => [run.taskId, run]));
  return (listed) => {
    const { taskId, semaphore, wants, agent, state } = asOpenRun(listed);
    const run = told.get(taskId);
    return run?.state === state && run.semaphore === semaphore && run.wants === wants && run.agent === agent;
  };
}

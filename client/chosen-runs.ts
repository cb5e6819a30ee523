import { AGENT, PHASE, POOL } from '../contract/attributes.ts';
import { poolId } from '../domain/semaphore-id.ts';
import { type KnownRun, openRuns } from '../temporal/runs.ts';
import type { Parked, Selection } from './scheduler-client.ts';
import { type TellDeps, withSemaphore } from './tell-semaphore.ts';

/**
 * The open runs of an agent or of a queue; of everything where neither is named.
 * @throws `no-such-agent` @throws `no-such-queue`
 */
export async function runsOfSelection(deps: TellDeps, { agent, queue }: Selection): Promise<KnownRun[]> {
  if (agent !== undefined) {
    await withSemaphore(deps, { agent }, async () => true);
    return openRuns(deps.client, `${AGENT.name} = "${agent}"`);
  }
  if (queue !== undefined) {
    await withSemaphore(deps, { queue }, async () => true);
    return openRuns(deps.client, `${POOL.name} = "${poolId(queue)}"`);
  }
  return openRuns(deps.client);
}

/** Task ids of what is parked, in their order. */
export async function parkedTasks(deps: TellDeps, { agent, reason }: Parked): Promise<number[]> {
  const clauses = [
    `${PHASE.name} = "parked"`,
    ...(agent === undefined ? [] : [`${AGENT.name} = "${agent}"`]),
  ];
  if (agent !== undefined) await withSemaphore(deps, { agent }, async () => true);
  const runs = await openRuns(deps.client, clauses.join(' AND '));
  return runs
    .filter((run) => run.phase === 'parked' && (reason === undefined || isParkedBy(run, reason)))
    .map(({ taskId }) => taskId)
    .sort((a, b) => a - b);
}

function isParkedBy({ memo }: KnownRun, reason: string): boolean {
  const { why = '', verdict } = memo ?? {};
  return verdict === reason || why.toLowerCase().includes(reason.toLowerCase());
}

import { AGENT, PHASE, POOL } from '../contract/attributes.ts';
import { poolId, type Whose } from '../domain/semaphore-id.ts';
import { type KnownRun, openRuns } from '../temporal/runs.ts';
import type { Parked, Selection } from './scheduler-client.ts';
import { type TellDeps, withSemaphore } from './tell-semaphore.ts';

/**
 * The open runs of an agent or of a queue; of everything where neither is named.
 * @throws `no-such-agent` @throws `no-such-queue`
 */
export async function runsOfSelection(deps: TellDeps, { agent, queue }: Selection): Promise<KnownRun[]> {
  if (agent !== undefined) return knownRuns(deps, { agent }, `${AGENT.name} = "${agent}"`);
  if (queue !== undefined) return knownRuns(deps, { queue }, `${POOL.name} = "${poolId(queue)}"`);
  return openRuns(deps.client);
}

/** Who has a run is known, also where the configuration has it no more. */
async function knownRuns(deps: TellDeps, whose: Whose, query: string): Promise<KnownRun[]> {
  const runs = await openRuns(deps.client, query);
  if (runs.length === 0) await withSemaphore(deps, whose, async () => true);
  return runs;
}

/** Task ids of what is parked, in their order. */
export async function parkedTasks(deps: TellDeps, { agent, reason }: Parked): Promise<number[]> {
  const clauses = [
    `${PHASE.name} = "parked"`,
    ...(agent === undefined ? [] : [`${AGENT.name} = "${agent}"`]),
  ];
  const query = clauses.join(' AND ');
  const runs =
    agent === undefined ? await openRuns(deps.client, query) : await knownRuns(deps, { agent }, query);
  return runs
    .filter((run) => run.phase === 'parked' && (reason === undefined || isParkedBy(run, reason)))
    .map(({ taskId }) => taskId)
    .sort((a, b) => a - b);
}

function isParkedBy({ memo }: KnownRun, reason: string): boolean {
  const { why = '', verdict } = memo ?? {};
  return verdict === reason || why.toLowerCase().includes(reason.toLowerCase());
}

import type { Client } from '@temporalio/client';
import { loadAgents } from '../config/agent-control.ts';
import type { Config } from '../config/config.ts';
import type { PastAsked, PastRuns } from '../contract/history.ts';
import type { EndedRun, EndedRuns, RunFilter, RunPlace } from '../contract/listings.ts';
import { endedRuns } from '../temporal/ended-runs.ts';
import type { KeptHistories } from '../temporal/kept-histories.ts';
import { runningSemaphores } from '../temporal/semaphores.ts';
import { schedulerError } from '../words/errors.ts';
import { isOne } from './history/came-to.ts';
import { endedRun, type PastDeps, poolOf, readPastRuns } from './history/past-runs.ts';

/** Of what only histories tell, so many runs are looked at for a page, so many at a time. */
const MOST_LOOKED_AT = 1_000;
const AT_A_TIME = 200;

/** What has ended, newest first, with what each run has in its history. @throws `no-such-agent` */
export async function readEndedRuns(
  deps: { client: Client; config: Config; histories: KeptHistories },
  filter: RunFilter,
): Promise<EndedRuns> {
  const { agent, limit, before, pool, which } = filter;
  const found =
    pool === undefined && which === undefined
      ? await readPage(deps, filter)
      : await sift(deps, filter, limit);
  if (found.runs.length === 0 && agent !== undefined && before === undefined)
    await refuseUnknown(deps, agent);
  return found;
}

interface Deps {
  client: Client;
  histories: KeptHistories;
}

async function readPage({ client, histories }: Deps, filter: RunFilter): Promise<EndedRuns> {
  const { sinceMs, untilMs, agent, before, limit, pool } = filter;
  const { runs, more } = await endedRuns(client, { sinceMs, untilMs, agent, before, most: limit });
  const last = runs.at(-1);
  const ours = pool === undefined ? runs : runs.filter((run) => poolOf(run) === pool);
  const told = await histories.of(ours);
  return {
    runs: ours.map((run, at) => endedRun(run, told[at])),
    more,
    ...(more && last && { next: { endedMs: last.endedAtMs, runId: last.runId } }),
  };
}

/** Page after page, until as many are found as were asked for, or enough were looked at. */
async function sift(deps: Deps, filter: RunFilter, limit: number): Promise<EndedRuns> {
  const found: EndedRun[] = [];
  let before: RunPlace | undefined = filter.before;
  for (let looked = 0; looked < MOST_LOOKED_AT; looked += AT_A_TIME) {
    const page = await readPage(deps, { ...filter, limit: AT_A_TIME, ...(before && { before }) });
    found.push(...page.runs.filter((run) => isOne(run, filter.which ?? {})));
    const last = found[limit - 1];
    const isLeft = page.more || found.length > limit;
    if (last !== undefined)
      return { runs: found.slice(0, limit), more: isLeft, ...(isLeft && { next: placeOf(last) }) };
    if (page.next === undefined) return { runs: found, more: false };
    before = page.next;
  }
  return { runs: found, more: true, ...(before && { next: before }) };
}

const placeOf = ({ endedAtMs, runId }: EndedRun): RunPlace => ({ endedMs: endedAtMs, runId });

/** What ended within a time, as far as it is read in a moment. @throws `no-such-agent` */
export async function readPast(deps: PastDeps & { config: Config }, asked: PastAsked): Promise<PastRuns> {
  const past = await readPastRuns(deps, asked);
  if (past.runs.length === 0 && past.leftLine === 0 && asked.agent !== undefined)
    await refuseUnknown(deps, asked.agent);
  return past;
}

/** An agent without a run is one that has had nothing to do, if there is such an agent. */
async function refuseUnknown({ client, config }: { client: Client; config: Config }, agent: string) {
  const [{ agents }, semaphores] = await Promise.all([
    loadAgents(config, { keep: false }),
    runningSemaphores(client),
  ]);
  const served = [...semaphores.values()].flatMap((memo) => memo?.policy.agents ?? []);
  const known = new Set([...agents, ...served].map(({ name }) => name));
  if (!known.has(agent)) throw schedulerError({ code: 'no-such-agent', agent, known: [...known].sort() });
}

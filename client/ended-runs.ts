import type { Client } from '@temporalio/client';
import { loadAgents } from '../config/agent-control.ts';
import type { Config } from '../config/config.ts';
import type { ClosedRun, ToldByHistory } from '../contract/attempts.ts';
import type { EndedRun, EndedRuns, RunFilter } from '../contract/listings.ts';
import { endedRuns, historiesOf } from '../temporal/ended-runs.ts';
import { runningSemaphores } from '../temporal/semaphores.ts';
import { schedulerError } from '../words/errors.ts';

/** What has ended, newest first, with what each run has in its history. @throws `no-such-agent` */
export async function readEndedRuns(
  deps: { client: Client; config: Config },
  { sinceMs, agent, limit, before }: RunFilter,
): Promise<EndedRuns> {
  const { runs, more } = await endedRuns(deps.client, { sinceMs, agent, before, most: limit });
  if (runs.length === 0 && agent !== undefined && before === undefined) await refuseUnknown(deps, agent);
  const told = await historiesOf(deps.client, runs);
  return { runs: runs.map((run, at) => withHistory(run, told[at])), more };
}

function withHistory(run: ClosedRun, told: ToldByHistory | undefined): EndedRun {
  const { workflowId: _, phase: __, memo: ___, ...shown } = run;
  const result = told?.result ?? null;
  return {
    ...shown,
    end: result?.end ?? null,
    verdict: result?.verdict ?? told?.attempts.at(-1)?.verdict ?? null,
    attempts: told?.attempts ?? null,
  };
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

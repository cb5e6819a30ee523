import { describe, expect, test } from 'vitest';
import { reconcile } from '../../activities/survey/reconcile.ts';
import { type KnownRun, openRuns, openRunsByList, runsOfAgents } from '../../temporal/runs.ts';
import { clientOf, type DescribedRun } from '../support/described-runs.ts';

/** It goes on as a new run, and the server's list has both as running. */
const former: DescribedRun = {
  ...{ taskId: 7, runId: 'former', agent: 'ada', phase: 'running', startedAtMs: 1_000, closedAtMs: null },
};
const newest: DescribedRun = { ...former, runId: 'newest', phase: 'parked', startedAtMs: 2_000 };
const clientWith = (listed: DescribedRun[]) => {
  const client = clientOf(() => [former, newest]);
  const { list } = clientOf(() => listed).workflow;
  return { ...client, workflow: { ...client.workflow, list } } as typeof client;
};

describe.each([
  ['the newest first', [newest, former]],
  ['the newest last', [former, newest]],
])('a task that the list has two runs of is told of once, by the newest: %s', (_, listed) => {
  const client = clientWith(listed);
  const runIds = (runs: KnownRun[]) => runs.map(({ runId }) => runId);

  test('read by itself', async () => {
    expect(runIds(await openRuns(client))).toEqual(['newest']);
  });

  test('as the list has it', async () => {
    const asked: KnownRun[] = [];
    const runs = await openRunsByList(client, (run) => asked.push(run) > 0);
    expect(runIds(asked)).toEqual(['newest']);
    expect(runIds(runs)).toEqual(['newest']);
  });

  test('of agents, in more than one query', async () => {
    const agents = Array.from({ length: 60 }, (_each, at) => `agent-${at}`);
    expect(runIds(await runsOfAgents(client, agents))).toEqual(['newest']);
  });

  test('by a full pass', async () => {
    const { runs } = await reconcile(client, []);
    expect(runs.map(({ taskId }) => taskId)).toEqual([7]);
  });
});

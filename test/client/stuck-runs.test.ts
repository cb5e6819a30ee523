import { expect, test } from 'vitest';
import { readSnapshot } from '../../client/snapshot.ts';
import { loadConfig } from '../../config/load.ts';
import { RunsSeen } from '../../temporal/runs-seen.ts';
import { clientOf, type DescribedRun } from '../support/described-runs.ts';

/** More than twice as many as are read by themselves at a time. */
const RUNS = 450;
const LOOKS = Math.ceil(RUNS / 200);

const { config } = loadConfig({ env: {}, cwd: '/' });

/** Runs at rest, of which the list does not tell that they are stuck, and who looks at them again and again. */
function stand() {
  let runs = Array.from({ length: RUNS }, (_, at): DescribedRun => {
    return { taskId: at + 1, agent: 'ada', phase: 'parked', closedAtMs: null };
  });
  const deps = { client: clientOf(() => runs), tinytask: undefined, config, runsSeen: new RunsSeen() };
  const look = async () => {
    const { problems, runs: seen } = await readSnapshot(deps);
    expect(seen).toHaveLength(runs.length);
    return problems.filter(({ what }) => what === 'stuck');
  };
  const looks = async (times: number) => {
    const found: unknown[][] = [];
    for (let at = 0; at < times; at++) found.push(await look());
    return found;
  };
  return {
    looks,
    now: (taskId: number, change: Partial<DescribedRun>) => {
      runs = runs.map((run) => (run.taskId === taskId ? { ...run, ...change } : run));
    },
    ends: (taskId: number) => {
      runs = runs.filter((run) => run.taskId !== taskId);
    },
  };
}

const of = (taskId: number) => [expect.objectContaining({ what: 'stuck', workflowId: `task-${taskId}` })];

test('a run that is stuck is found within a round, and is told from then on until it is read again', async () => {
  const { looks, now } = stand();
  now(300, { failures: 7 });
  const round = await looks(LOOKS);
  expect(round.at(-1)).toEqual(of(300));
  for (const found of await looks(2 * LOOKS)) expect(found).toEqual(of(300));
  now(300, { failures: 0 });
  expect((await looks(LOOKS)).at(-1)).toEqual([]);
  for (const found of await looks(2 * LOOKS)) expect(found).toEqual([]);
});

test('one that has ended is told no more, nor is the next run of its task', async () => {
  const { looks, now, ends } = stand();
  now(7, { failures: 7 });
  now(8, { failures: 7 });
  expect((await looks(LOOKS)).at(-1)).toHaveLength(2);
  ends(7);
  now(8, { failures: 0, runId: 'another' });
  expect(await looks(1)).toEqual([[]]);
});

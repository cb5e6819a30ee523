import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { endedRuns, type WhichEnded } from '../../temporal/ended-runs.ts';

const queries: string[] = [];
const listed = (closedAtMs: number, name: string, searchAttributes: object = {}) => ({
  ...{ workflowId: 'task-1', runId: name, status: { name }, startTime: new Date(1), searchAttributes },
  closeTime: new Date(closedAtMs),
});
const client = {
  workflow: {
    async *list({ query }: { query: string }) {
      queries.push(query);
      yield listed(5, 'COMPLETED', { TaskId: ['1'], Agent: ['ada'], Queue: ['dev'], Phase: ['running'] });
      yield listed(9, 'TERMINATED', { TaskId: ['1'] });
      yield listed(7, 'CONTINUED_AS_NEW');
      yield listed(6, 'SOMETHING_NEW');
    },
  },
} as unknown as Client;

test('what ended is told with the last first', async () => {
  const { runs, more } = await endedRuns(client, { most: 4 });
  expect(more).toBe(false);
  expect(runs.map(({ how, agent, queue, phase }) => [how, agent, queue, phase])).toEqual([
    ['terminated', null, null, null],
    ['continued', null, null, null],
    ['failed', null, null, null],
    ['by-itself', 'ada', 'dev', 'running'],
  ]);
});

test('the list is cut, and says so', async () => {
  expect(await endedRuns(client, { most: 3 })).toMatchObject({ more: true, runs: [{}, {}, {}] });
});

const NOT_CONTINUED = /^(?!.*ContinuedAsNew)/;
test.each<[Omit<WhichEnded, 'most'>, RegExp[]]>([
  [{}, [/^(?!.*CloseTime)(?!.*Agent)/, NOT_CONTINUED]],
  [{ sinceMs: 0 }, [/CloseTime >= "1970-01-01T00:00:00.000Z"/, NOT_CONTINUED]],
  [{ agent: 'ada' }, [/Agent = "ada"/]],
  [{ continued: true }, [/"ContinuedAsNew"/]],
])('the server is asked for %j', async (which, asked) => {
  await endedRuns(client, { ...which, most: 1 });
  for (const each of asked) expect(queries.at(-1)).toMatch(each);
});

test('page after page each is told once, also of many that ended in the same millisecond', async () => {
  const all = [9, 9, 7, 7, 7, 7, 5].map((at, place) => listed(at, `run-${place}`));
  const paged = {
    workflow: {
      async *list({ query }: { query: string }) {
        const until = /CloseTime <= "(.*?)"/.exec(query)?.[1];
        // Those of one millisecond come in another order each time, and the server knows parts of one.
        const order = [...all].sort(
          (a, b) => b.closeTime.getTime() - a.closeTime.getTime() || Math.random() - 0.5,
        );
        for (const run of order)
          if (until === undefined || run.closeTime.getTime() + 0.5 <= Date.parse(until)) yield run;
      },
    },
  } as unknown as Client;
  for (const most of [1, 2, 3, 7]) {
    const told: string[] = [];
    let before: WhichEnded['before'];
    for (let isMore = true; isMore; ) {
      const { runs, more } = await endedRuns(paged, { most, before });
      expect(runs.length).toBe(more ? most : runs.length);
      told.push(...runs.map(({ runId }) => runId));
      const last = runs.at(-1);
      before = last && { endedMs: last.endedAtMs, runId: last.runId };
      isMore = more;
    }
    expect([most, told.toSorted()]).toEqual([most, all.map(({ runId }) => runId)]);
  }
});

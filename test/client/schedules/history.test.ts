import { type Client, defaultPayloadConverter, WorkflowNotFoundError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { readHistory, readMissed } from '../../../client/schedules/history.ts';
import { scheduleWorkflowId } from '../../../contract/ids.ts';
import type { ScheduleCarried } from '../../../contract/schedule.ts';
import { at, schedule } from '../../support/kept-schedules.ts';

/** Has missed a time, which is no trouble any more, since a later one is done. */
function withMissed(name: string): ScheduleCarried {
  const kept = schedule({ name });
  const ended = { end: 'left-out', because: { why: 'too-late', catchUpMs: 1 } } as const;
  kept.history.push({ workflowId: `w-${name}`, trigger: 'plan', plannedMs: at(1), endedMs: at(2), ended });
  return kept;
}

/**
 * A server that lists occurrences of one schedule only, since they are the newest ones. Those in `silent` do not answer.
 */
function server(
  all: readonly ScheduleCarried[],
  busy: string,
  { troubled = [] as readonly ScheduleCarried[], silent = [] as string[] } = {},
): { client: Client; asked: string[] } {
  const asked: string[] = [];
  const listedAs = (memos: readonly object[]) => ({
    executions: memos.map((memo) => ({
      execution: { workflowId: 'w' },
      memo: {
        fields: Object.fromEntries(
          Object.entries(memo).map(([key, value]) => [key, defaultPayloadConverter.toPayload(value)]),
        ),
      },
    })),
  });
  const byId = (id: string) => all.find((each) => scheduleWorkflowId(nameOf(each)) === id);
  const handle = (id: string) => {
    const found = () => {
      const kept = byId(id);
      if (kept === undefined) throw new WorkflowNotFoundError('none', id, undefined);
      return kept;
    };
    return {
      async query() {
        asked.push(nameOf(found()));
        if (silent.includes(nameOf(found()))) throw new WorkflowNotFoundError('none', id, undefined);
        return { ...found(), inForce: true };
      },
      describe: async () => ({ status: { name: 'RUNNING' }, memo: found().memo }),
    };
  };
  const client = {
    options: { namespace: 'x' },
    connection: { withDeadline: (_: number, call: () => unknown) => call() },
    workflow: { getHandle: handle },
    workflowService: {
      async listWorkflowExecutions({ query, pageSize }: { query: string; pageSize: number }) {
        if (query.includes('"troubled"')) return listedAs(troubled.map(({ memo }) => memo));
        if (query.includes('"scheduledRun"'))
          return listedAs(
            Array.from({ length: pageSize }, (_, minute) => ({
              occurrence: { schedule: busy, plannedMs: at(minute), phase: 'over' },
            })),
          );
        return listedAs(all.map(({ memo }) => memo).slice(0, pageSize));
      },
    },
  };
  return { client: client as unknown as Client, asked };
}

const nameOf = ({ memo }: ScheduleCarried) => memo.schedule.definition.name;

test('what was missed is listed until it is decided about, however much others have done since', async () => {
  const { client } = server([schedule({ name: 'busy' }), withMissed('daily')], 'busy');
  expect(await readMissed(client, 0)).toMatchObject([{ schedule: 'daily', plannedMs: at(1) }]);
  expect(await readMissed(client, at(2))).toEqual([]);
});

test('all that are in trouble are asked, however many they are', async () => {
  const many = Array.from({ length: 450 }, (_, index) => withMissed(`s${index}`));
  const { client } = server(many, 's449', { troubled: many });
  expect(await readMissed(client, 0)).toHaveLength(450);
});

test('one that does not answer is not told to have missed nothing', async () => {
  const { client } = server([withMissed('a')], 'a', { silent: ['a'] });
  await expect(readMissed(client, 0, 'a')).rejects.toMatchObject({ failure: { code: 'no-daemon' } });
});

test('of one schedule only that is asked, and whether there is one', async () => {
  const { client, asked } = server([withMissed('a'), withMissed('b')], 'a');
  expect((await readMissed(client, 0, 'b')).map(({ schedule: of }) => of)).toEqual(['b']);
  expect(asked).toEqual(['b']);
  await expect(readMissed(client, 0, 'c')).rejects.toMatchObject({ failure: { code: 'no-such-schedule' } });
});

test('of very many no more are asked than are answered soon', async () => {
  const many = Array.from({ length: 250 }, (_, index) => withMissed(`s${index}`));
  const { client, asked } = server(many, 's249');
  expect(await readMissed(client, 0)).toHaveLength(200);
  expect([asked.length, asked[0]]).toEqual([200, 's249']);
});

test('however many are in trouble, the history of all has what happened last', async () => {
  const many = Array.from({ length: 450 }, (_, index) => withMissed(`s${index}`));
  const { client } = server([...many, withMissed('well')], 'well', { troubled: many });
  const lines = await readHistory(client, { limit: 1_000 });
  expect(lines.map((line) => line.schedule)).toContain('well');
});

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { expect, test } from 'vitest';
import { readHistory, readMissed } from '../../../client/schedules/history.ts';
import { scheduleWorkflowId } from '../../../contract/ids.ts';
import { asks, at, schedule } from '../../support/kept-schedules.ts';

/** A server with these schedules, each of which has missed minute 5. All in trouble are listed; those in `busy` do not answer, and of those in `lately` something happened last. */
function server(
  names: readonly string[],
  { troubled = names, busy = [] as string[], lately = [] as string[] } = {},
): Client {
  const kept = (name: string) => {
    const one = schedule({ name });
    asks(one, 5, { workflowId: `occurrence-${name}`, atMs: at(20) });
    return { ...one, inForce: true };
  };
  const handle = (id: string) => {
    const name = id.replace(scheduleWorkflowId(''), '');
    const there = (is: boolean) => {
      if (!is) throw new WorkflowNotFoundError('none', id, undefined);
      return kept(name);
    };
    return {
      query: async () => there(names.includes(name) && !busy.includes(name)),
      describe: async () => ({ status: { name: 'RUNNING' }, memo: there(names.includes(name)).memo }),
    };
  };
  const listed = (name: string) => {
    const fields = Object.entries(kept(name).memo).map(([key, value]) => [
      key,
      defaultPayloadConverter.toPayload(value),
    ]);
    return {
      execution: { workflowId: scheduleWorkflowId(name) },
      memo: { fields: Object.fromEntries(fields) },
    };
  };
  const occurred = (name: string) => ({
    memo: { fields: { occurrence: defaultPayloadConverter.toPayload({ schedule: name, plannedMs: at(5) }) } },
  });
  const listWorkflowExecutions = async ({ query }: { query: string }) => ({
    executions: query.includes('"troubled"') ? troubled.map(listed) : lately.map(occurred),
  });
  return {
    options: { namespace: 'default' },
    connection: { withDeadline: (_: number, call: () => unknown) => call() },
    workflow: { getHandle: handle },
    workflowService: { listWorkflowExecutions },
  } as unknown as Client;
}

test('what was missed is told of each schedule in trouble, however many they are', async () => {
  const names = Array.from({ length: 450 }, (_, index) => `s${index}`);
  const lines = await readMissed(server(names), 0);
  expect(lines.map((line) => line.schedule).sort()).toEqual(names.sort());
});

test('one that is named is asked, whatever is listed, and says so where it does not answer', async () => {
  const client = server(['a', 'b'], { troubled: ['a'], busy: ['a'] });
  expect(await readMissed(client, 0, 'b')).toMatchObject([{ schedule: 'b', plannedMs: at(5) }]);
  expect(await readMissed(client, at(6), 'b')).toEqual([]);
  await expect(readMissed(client, 0, 'a')).rejects.toMatchObject({ code: 'no-daemon' });
  await expect(readMissed(client, 0, 'c')).rejects.toMatchObject({ code: 'no-such-schedule' });
});

test('however many are in trouble, the history of all has what happened last', async () => {
  const troubled = Array.from({ length: 450 }, (_, index) => `s${index}`);
  const client = server([...troubled, 'well'], { troubled, lately: ['well'] });
  const lines = await readHistory(client, { limit: 1_000 });
  expect(lines.map((line) => line.schedule)).toContain('well');
});

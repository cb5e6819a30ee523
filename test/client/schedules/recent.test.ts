import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { readRecent } from '../../../client/schedules/recent.ts';
import { scheduleWorkflowId } from '../../../contract/ids.ts';
import { at, schedule } from '../../support/kept-schedules.ts';

/** A server on which schedules answer whose names say so; all that were asked are told. */
function server(answers: (name: string) => boolean): { client: Client; asked: string[] } {
  const asked: string[] = [];
  const query = async (id: string) => {
    asked.push(id);
    const name = id.replace(scheduleWorkflowId(''), '');
    if (!answers(name)) throw new WorkflowNotFoundError('none', id, undefined);
    const kept = schedule({ name });
    kept.history.push(
      ...[3, 9, 6].map((minute) => ({
        ...{ workflowId: `w${minute}`, trigger: 'plan' as const, plannedMs: at(minute) },
      })),
    );
    return { ...kept, inForce: true };
  };
  const client = {
    connection: { withDeadline: (_: number, call: () => unknown) => call() },
    workflow: { getHandle: (id: string) => ({ query: () => query(id) }) },
  };
  return { client: client as unknown as Client, asked };
}

const NAMES = Array.from({ length: 35 }, (_, index) => `s${index}`);

test('of each the newest, in the order in which they were asked for; null for one that does not answer', async () => {
  const { client } = server((name) => name !== 's12');
  const told = await readRecent(client, NAMES, 2);
  expect(told.map(({ schedule: name }) => name)).toEqual(NAMES);
  expect(told[12]).toEqual({ schedule: 's12', occurrences: null });
  expect(told[34]?.occurrences?.map(({ plannedMs, schedule: of }) => [of, plannedMs])).toEqual([
    ['s34', at(9)],
    ['s34', at(6)],
  ]);
});

test('where nobody answers for the first of them, the others are not waited for', async () => {
  const { client, asked } = server(() => false);
  expect((await readRecent(client, NAMES, 2)).every(({ occurrences }) => occurrences === null)).toBe(true);
  expect(asked).toHaveLength(10);
  expect(await readRecent(client, [], 2)).toEqual([]);
});

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { askSchedule } from '../../../activities/occurrence/ask-schedule.ts';
import type { BeginInput } from '../../../contract/activities.ts';
import { occurrenceId } from '../../../contract/ids.ts';
import type { BeginAsked } from '../../../contract/occurrence.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import { definitionOf, PLANNED_MS } from '../../support/played-occurrences.ts';

const INPUT: BeginInput & { asking: string } = {
  asking: 'a',
  ...{ workflowId: occurrenceId('nightly', PLANNED_MS), runId: 'r', schedule: 'nightly' },
  ...{ trigger: 'plan', plannedMs: PLANNED_MS },
};

/** A server with this schedule; without one there is none. */
function serverOf(definition?: Definition, error?: Error) {
  const asked: [string, BeginAsked][] = [];
  const getHandle = (id: string) => ({
    describe: async () => {
      if (definition === undefined) throw new WorkflowNotFoundError('none', id, undefined);
      return { memo: { schedule: { definition } } };
    },
    signal: async (_: unknown, content: BeginAsked) => {
      if (error) throw error;
      asked.push([id, content]);
    },
  });
  const withDeadline = (_: number, work: () => Promise<unknown>) => work();
  return { asked, client: { workflow: { getHandle }, withDeadline } as unknown as Client };
}

test('an occurrence asks its schedule, with the time by the server’s clock', async () => {
  const server = serverOf();
  expect(await askSchedule(server.client, INPUT, PLANNED_MS + 10)).toBe('asked');
  const { schedule: _, asking: __, ...asked } = INPUT;
  expect(server.asked).toEqual([['schedule-nightly', { ...asked, atMs: PLANNED_MS + 10 }]]);
});

const MINUTE_MS = 60_000;
const EACH_MINUTE = definitionOf('nightly', { timing: { kind: 'every', everyMs: MINUTE_MS } });

test.each<[string, Partial<BeginInput>, number, Definition | undefined, number | undefined]>([
  ['says so', {}, 5 * MINUTE_MS + 1, EACH_MINUTE, 5 * MINUTE_MS],
  ['has no newer one', {}, MINUTE_MS - 1, EACH_MINUTE, undefined],
  ['is late by less than counts', {}, 30_000, EACH_MINUTE, undefined],
  ['was wanted by a person', { trigger: 'backfill' }, 5 * MINUTE_MS, EACH_MINUTE, undefined],
  ['may be late by jitter', {}, 5 * MINUTE_MS, { ...EACH_MINUTE, jitterMs: 3 * MINUTE_MS }, 2 * MINUTE_MS],
  ['has no schedule any more', {}, 5 * MINUTE_MS, undefined, undefined],
  [
    'has one whose timing nobody can read',
    {},
    MINUTE_MS,
    { ...EACH_MINUTE, timing: { kind: 'cron', cron: 'x' } },
    undefined,
  ],
])('one that is late %s', async (_, change, lateMs, definition, newer) => {
  const server = serverOf(definition);
  await askSchedule(server.client, { ...INPUT, ...change }, PLANNED_MS + lateMs);
  expect(server.asked[0]?.[1].newestDueMs).toBe(newer === undefined ? undefined : PLANNED_MS + newer);
});

test('a schedule that is gone is no failure, and all else is tried again', async () => {
  const asks = (error: Error) => askSchedule(serverOf(undefined, error).client, INPUT, PLANNED_MS);
  expect(await asks(new WorkflowNotFoundError('none', 'x', undefined))).toBe('no-such-schedule');
  await expect(asks(new Error('down'))).rejects.toThrow('down');
});

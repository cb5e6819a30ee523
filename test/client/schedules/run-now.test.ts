import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { runScheduleOnce } from '../../../client/schedules/run-now.ts';
import type { OccurrenceEnd } from '../../../contract/occurrence.ts';
import { endOf } from '../../support/kept-schedules.ts';

const ID = 'occurrence-nightly-2026-11-26T03:00:00Z-now';

/** A server whose schedule starts an occurrence, which is over in a moment. */
function server(ended: OccurrenceEnd): Client {
  const occurrence = { schedule: 'nightly', plannedMs: 1, phase: 'over', ended };
  const handle = {
    signal: async () => undefined,
    query: async () => ({ state: 'answered', result: { started: true, workflowId: ID } }),
    describe: async () => ({ type: 'scheduledRun', status: { name: 'FAILED' }, memo: { occurrence } }),
  };
  const withDeadline = (_: number, call: () => unknown) => call();
  return { workflow: { getHandle: () => handle }, withDeadline } as unknown as Client;
}

test('what is over when it is told is told with how it went', async () => {
  const nothing = { occurrence: ID, taskId: null, waits: null, leftOut: null, ended: null };
  const failed = endOf('failed');
  expect(await runScheduleOnce(server(failed), 'nightly')).toEqual({ ...nothing, ended: failed });
  const done = endOf('done', { task: { id: 7, createdAt: 'then' } });
  expect(await runScheduleOnce(server(done), 'nightly')).toEqual({ ...nothing, taskId: 7, ended: done });
  const because = { why: 'overlap', with: 'another', sinceMs: 1 } as const;
  const leftOut = await runScheduleOnce(server({ end: 'left-out', because }), 'nightly');
  expect(leftOut).toEqual({ ...nothing, leftOut: because });
});

import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { expect, test } from 'vitest';
import { pastPasses } from '../../temporal/past-passes.ts';

/** Runs of the scheduler, the newest first: each began at its time, with the report of the run before it. */
const RUNS = [50, 40, 30, 20, 10].map((startedMs) => ({
  runId: `run-${startedMs}`,
  startTime: new Date(startedMs),
}));
const HANDED_ON: Record<string, unknown> = {
  'run-50': { lastPass: { atMs: 41 } },
  // It has made no pass of its own, so the next one has begun with the same.
  'run-40': { lastPass: { atMs: 31 } },
  'run-30': { lastPass: { atMs: 31 } },
  'run-20': { lastPass: { atMs: 11 } },
  'run-10': {},
};

const client = {
  options: { namespace: 'default' },
  workflow: {
    async *list({ query }: { query: string }) {
      const before = /StartTime < "(.*?)"/.exec(query)?.[1];
      for (const run of RUNS)
        if (before === undefined || run.startTime.getTime() < Date.parse(before)) yield run;
    },
  },
  workflowService: {
    async getWorkflowExecutionHistory({ execution: { runId } }: { execution: { runId: string } }) {
      const payloads = [defaultPayloadConverter.toPayload(HANDED_ON[runId])];
      return { history: { events: [{ workflowExecutionStartedEventAttributes: { input: { payloads } } }] } };
    },
  },
} as unknown as Client;

test.each([
  [{ limit: 10 }, [41, 31, 11], null],
  [{ limit: 2 }, [41, 31], 40],
  [{ limit: 2, beforeMs: 40 }, [31, 11], 20],
  [{ limit: 2, beforeMs: 20 }, [], null],
])('%j', async (filter, times, beforeMs) => {
  const past = await pastPasses(client, filter);
  expect([past.passes.map(({ atMs }) => atMs), past.beforeMs]).toEqual([times, beforeMs]);
});

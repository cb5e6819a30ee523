import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { describe, expect, test } from 'vitest';
import type { EndedAttempt } from '../../contract/report.ts';
import { detailsIn, endedRuns } from '../../temporal/runs-since.ts';
import { attemptResult } from '../support/played-runs.ts';

type Event = Parameters<typeof detailsIn>[0][number];

const payloads = (content: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(content)] });
const asked = (input: unknown = { agent: 'ada' }, name = 'runGoose') =>
  ({
    ...{ eventId: 5, eventTime: msToTs(9_000) },
    activityTaskScheduledEventAttributes: { activityType: { name }, input: payloads(input) },
  }) as unknown as Event;
const done = (result: unknown) =>
  ({
    activityTaskCompletedEventAttributes: { scheduledEventId: 5, result: payloads(result) },
  }) as unknown as Event;
const ended = (key: string, more: object = {}) =>
  ({ [`activityTask${key}EventAttributes`]: { scheduledEventId: 5, ...more } }) as unknown as Event;
const failed = (type: string) => ended('Failed', { failure: { applicationFailureInfo: { type } } });

describe('an attempt', () => {
  const known = { agent: 'ada', askedAtMs: 9_000, recipe: null, isWithoutGoose: false };
  test.each<[string, Event[], Partial<EndedAttempt>[]]>([
    [
      'with all that is kept',
      [asked(), done(attemptResult('stalled', { seconds: 1.5, tokens: 7, recipe: 'review' }))],
      [{ ...known, recipe: 'review', verdict: 'stalled', tookMs: 1_500, tokens: 7 }],
    ],
    [
      'of an earlier version, whose model says nothing of tokens',
      [asked(), done(attemptResult('completed'))],
      [{ ...known, verdict: 'completed', tookMs: 1_000, tokens: null }],
    ],
    [
      'in which no goose ran took no tokens',
      [asked(), done(attemptResult('misconfigured', { claimed: false, seconds: 0 }))],
      [{ ...known, verdict: 'misconfigured', isWithoutGoose: true, tookMs: 0, tokens: 0 }],
    ],
    ['that was put off is none', [asked(), done(attemptResult('cancelled', { noAttempt: 'paused' }))], []],
    [
      'whose host is silent',
      [asked(), ended('TimedOut')],
      [{ ...known, verdict: 'worker-lost', tokens: null }],
    ],
    [
      'whose host is gone',
      [asked(), failed('WorkerLost')],
      [{ ...known, verdict: 'worker-lost', tookMs: null }],
    ],
    ['that failed', [asked(), failed('TypeError')], [{ ...known, verdict: 'agent-failed' }]],
    [
      'that was cancelled before it began',
      [asked(), ended('Canceled')],
      [{ ...known, verdict: 'cancelled', isWithoutGoose: true }],
    ],
    ['that goes on is none', [asked()], []],
    ['of something else is none', [asked({}, 'lookAtTask'), done(attemptResult('completed'))], []],
    ['with an input that is none', [asked(null), ended('TimedOut')], [{ ...known, agent: null }]],
    ['with a result that is none', [asked(), done('what?')], [{ ...known, verdict: 'worker-lost' }]],
    ['with a result without a verdict', [asked(), done({ claimed: true })], []],
  ])('%s', (_what, events, attempts) => {
    expect(detailsIn(events)).toEqual({
      end: null,
      attempts: attempts.map((each) => expect.objectContaining(each)),
    });
  });
});

test.each<[unknown, string | null]>([
  [{ taskId: 1, end: 'complete' }, 'complete'],
  [{}, null],
  [null, null],
])('a run that returned %j', (result, end) => {
  const closed = {
    workflowExecutionCompletedEventAttributes: { result: payloads(result) },
  } as unknown as Event;
  expect(detailsIn([closed]).end).toBe(end);
});

describe('the list', () => {
  const queries: string[] = [];
  const listed = (closedAtMs: number, name: string, searchAttributes: object = {}) => ({
    ...{ workflowId: 'task-1', runId: name, status: { name }, startTime: new Date(1), searchAttributes },
    closeTime: new Date(closedAtMs),
  });
  const client = {
    workflow: {
      async *list({ query }: { query: string }) {
        queries.push(query);
        yield listed(5, 'COMPLETED', { TaskId: ['1'], Agent: ['ada'], Queue: ['dev'] });
        yield listed(9, 'TERMINATED', { TaskId: ['1'] });
        yield listed(7, 'CONTINUED_AS_NEW');
      },
    },
  } as unknown as Client;

  test('is asked for what was closed since, and is told with the last first', async () => {
    const { runs, more } = await endedRuns(client, { sinceMs: 0, most: 3 });
    expect(queries.at(-1)).toContain('CloseTime >= "1970-01-01T00:00:00.000Z"');
    expect(more).toBe(false);
    expect(runs.map(({ how, agent, queue }) => [how, agent, queue])).toEqual([
      ['lost', null, null],
      ['continued', null, null],
      ['ended', 'ada', 'dev'],
    ]);
  });

  test('is cut, and says so', async () => {
    expect(await endedRuns(client, { sinceMs: 0, most: 2 })).toMatchObject({ more: true, runs: [{}, {}] });
  });
});

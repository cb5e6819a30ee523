import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hostOf, toldBy } from '../../temporal/attempts.ts';
import { readHistory } from '../replay/history-file.ts';
import { attemptEvents, completed, type Event } from '../support/attempt-events.ts';

const HISTORIES = fileURLToPath(new URL('../replay/histories/', import.meta.url));
const recorded = (name: string) => readHistory(`${HISTORIES}${name}.json`).events ?? [];

const RUN_ID = 'abcdefgh-1';

test('an attempt has what its host answered', () => {
  const result = {
    verdict: { kind: 'completed', reason: 'done' },
    ...{ host: 'other', seconds: 1.5, tokens: 12, log: 'task_7_attempt_1_x.log (disk full)' },
  } as const;
  expect(toldBy(attemptEvents(1, completed(1, result)), RUN_ID).attempts).toEqual([
    {
      ...{ taskId: 7, number: 1, runId: RUN_ID, agent: 'ada', host: 'other' },
      ...{ sentAtMs: 10_000, endedAtMs: 15_000, verdict: result.verdict, seconds: 1.5, tokens: 12 },
      log: 'task_7_attempt_1_x.log',
    },
  ]);
});

test('one that is not over has the name that its log has, and nothing that is not known', () => {
  expect(toldBy(attemptEvents(2), RUN_ID)).toEqual({
    attempts: [
      {
        ...{ taskId: 7, number: 2, runId: RUN_ID, agent: 'ada', host: null, sentAtMs: 20_000 },
        ...{ endedAtMs: null, verdict: null, seconds: null, tokens: null },
        log: 'task_7_attempt_2_abcdefgh.log',
      },
    ],
    result: null,
  });
});

const scheduledEventId = 10 as never;
test.each<[string, Event, string | undefined]>([
  [
    'its host was lost',
    { activityTaskTimedOutEventAttributes: { scheduledEventId } },
    'worker-lost, its worker was not heard of any more',
  ],
  [
    'a guardian has told of it',
    {
      activityTaskFailedEventAttributes: {
        scheduledEventId,
        failure: { message: 'killed', applicationFailureInfo: { type: 'WorkerLost' } },
      },
    },
    'worker-lost, killed',
  ],
  [
    'it threw',
    { activityTaskFailedEventAttributes: { scheduledEventId, failure: { message: 'x'.repeat(500) } } },
    `agent-failed, ${'x'.repeat(500)}`,
  ],
  [
    'it was cancelled before',
    { activityTaskCanceledEventAttributes: { scheduledEventId } },
    'cancelled, it was cancelled before it started',
  ],
  ['it stood down before it began', completed(1, { noAttempt: 'paused' }), undefined],
])('%s', (_name, end, says) => {
  const [found] = toldBy(attemptEvents(1, end), RUN_ID).attempts;
  if (says === undefined) expect(found).toBeUndefined();
  else {
    expect(`${found?.verdict?.kind}, ${found?.verdict?.reason}`).toBe(says);
    expect([found?.host, found?.log, found?.tokens]).toEqual([
      'there',
      'task_7_attempt_1_abcdefgh.log',
      null,
    ]);
  }
});

test('what cannot be read is no attempt, and harms no other', () => {
  const [sent = {}] = attemptEvents(1);
  const broken = { payloads: [{ metadata: {}, data: new Uint8Array([1]) }] };
  const nonsense = {
    ...sent,
    activityTaskScheduledEventAttributes: { activityType: { name: 'runGoose' }, input: broken },
  };
  expect(toldBy([nonsense, ...attemptEvents(2)], RUN_ID).attempts.map(({ number }) => number)).toEqual([2]);
});

test.each([
  ['run-loses-its-worker-in-each-phase', (kinds: unknown[]) => kinds.includes('worker-lost')],
  ['run-parks-and-retries', (kinds: unknown[]) => kinds.includes('agent-failed')],
])('in the recorded history %s each attempt is found', (name, isRight) => {
  const { attempts } = toldBy(recorded(name), RUN_ID);
  expect(attempts.length).toBeGreaterThan(1);
  expect(isRight(attempts.map(({ verdict }) => verdict?.kind))).toBe(true);
  expect(attempts.map(({ sentAtMs }) => sentAtMs)).toEqual(attempts.map(({ sentAtMs }) => sentAtMs).sort());
});

test('what a run returned is found, and that of one that was terminated is not', () => {
  expect(toldBy(recorded('run-comes-back-parked+completes'), RUN_ID).result).toMatchObject({
    end: expect.any(String),
  });
  expect(toldBy(recorded('run-is-terminated'), RUN_ID).result).toBeNull();
});

test.each([
  ['4711@host-a', 'host-a'],
  ['4711@a@b', 'a@b'],
  ['nobody', null],
  ['', null],
  [undefined, null],
])('the host of %j is %j', (worker, host) => {
  expect(hostOf(worker)).toBe(host);
});

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Attempt, logNameOf } from '../../contract/attempts.ts';
import { type HistoryEvent, type HistoryOf, hostOf, toldBy } from '../../temporal/attempts.ts';
import { readHistory } from '../replay/history-file.ts';
import { attemptEvents, completed } from '../support/attempt-events.ts';
import { attemptOf, UNTOLD } from '../support/attempts.ts';
import { attemptResult } from '../support/played-runs.ts';

const HISTORIES = fileURLToPath(new URL('../replay/histories/', import.meta.url));
const recorded = (name: string) => readHistory(`${HISTORIES}${name}.json`).events ?? [];

const OPEN: HistoryOf = { taskId: 7, runId: 'abcdefgh-1', closedAtMs: null, attempt: null };
const OVER: HistoryOf = { ...OPEN, closedAtMs: 99_000 };
const LOG = 'task_7_attempt_1_abcdefgh.log';

test('an attempt has what its host answered', () => {
  const verdict = { kind: 'completed', reason: 'done' } as const;
  const facts = {
    verdict,
    claimed: true,
    host: 'other',
    seconds: 1.5,
    turns: 3,
    tokens: 12,
    recipe: 'review',
  };
  const result = { ...facts, log: 'task_7_attempt_1_x.log (disk full)' };
  expect(toldBy(attemptEvents(1, completed(1, result)), OPEN).attempts).toEqual([
    {
      ...{ ...facts, taskId: 7, number: 1, runId: OPEN.runId, state: 'ended', agent: 'ada', end: null },
      ...{ sentAtMs: 10_000, startedAtMs: 10_001, endedAtMs: 15_000 },
      ...{ log: 'task_7_attempt_1_x.log', logTrouble: '(disk full)' },
    },
  ]);
});

test('one that is not over has nothing that is not known; who has taken it, its run tells', () => {
  const [nobody] = toldBy(attemptEvents(2), OPEN).attempts;
  const nothing = { ...UNTOLD, runId: OPEN.runId, number: 2, state: 'under-way', sentAtMs: 20_000 } as const;
  expect(nobody).toEqual(attemptOf({ ...nothing, host: null, startedAtMs: null, endedAtMs: null }));
  const attempt = { startedAtMs: 5, heardAtMs: 6, worker: '77@far' };
  expect(toldBy(attemptEvents(2), { ...OPEN, attempt }).attempts).toEqual([
    { ...nobody, host: 'far', startedAtMs: 5 },
  ]);
  expect(toldBy(attemptEvents(2), { ...OVER, attempt }).attempts).toEqual([
    { ...nobody, state: 'cut-off', endedAtMs: 99_000 },
  ]);
});

test.each<[string, Partial<Attempt>, string | null]>([
  ['that is not over', { ...UNTOLD, runId: OPEN.runId }, LOG],
  ['whose host told it', { log: 'task_7_attempt_1_x.log' }, 'task_7_attempt_1_x.log'],
  ['whose host told that there is none', { log: null }, null],
])('the name of the log of an attempt %s', (_what, change, name) => {
  expect(logNameOf(attemptOf(change))).toBe(name);
});

const scheduledEventId = 10 as never;
const failed = (failure: object): HistoryEvent => ({
  activityTaskFailedEventAttributes: { scheduledEventId, failure },
});
const timedOut = (timeoutType: number): HistoryEvent => ({
  activityTaskTimedOutEventAttributes: {
    scheduledEventId,
    failure: { timeoutFailureInfo: { timeoutType } },
  },
});

describe('an attempt whose host did not answer', () => {
  test.each<[string, HistoryEvent, string, boolean | null]>([
    [
      'it was not heard of',
      timedOut(4),
      'worker-lost, its worker was not heard of for the heartbeat timeout',
      null,
    ],
    ['it took too long', timedOut(1), 'worker-lost, its worker did not end it in time', null],
    [
      'a guardian has told of it',
      failed({ message: 'killed', applicationFailureInfo: { type: 'WorkerLost' } }),
      'worker-lost, killed',
      null,
    ],
    ['it threw', failed({ message: 'x'.repeat(500) }), `agent-failed, ${'x'.repeat(500)}`, null],
    [
      'it was cancelled before',
      { activityTaskCanceledEventAttributes: { scheduledEventId } },
      'cancelled, it was cancelled before it started',
      false,
    ],
  ])('%s', (_name, end, says, claimed) => {
    const [found] = toldBy(attemptEvents(1, end), OPEN).attempts;
    expect(`${found?.verdict?.kind}, ${found?.verdict?.reason}`).toBe(says);
    expect(found).toMatchObject({ state: 'ended', host: 'there', claimed, log: null, tokens: null });
  });
});

test.each<[string, HistoryEvent, Partial<Attempt>[]]>([
  [
    'of an earlier version says nothing of its recipe',
    completed(1, attemptResult('stalled')),
    [{ recipe: null, claimed: true, seconds: 1 }],
  ],
  [
    'in which no goose ran',
    completed(1, attemptResult('misconfigured', { claimed: false })),
    [{ claimed: false }],
  ],
  ['that stood down before it began is none', completed(1, { noAttempt: 'paused' }), []],
  ['with a result that is none', completed(1, 'what?'), [{ state: 'ended', verdict: null, claimed: null }]],
  ['with a result without a verdict', completed(1, { claimed: true }), [{ verdict: null, seconds: null }]],
])('an attempt %s', (_what, end, expected) => {
  expect(toldBy(attemptEvents(1, end), OPEN).attempts).toMatchObject(expected);
});

test('what cannot be read is no attempt, and harms no other', () => {
  const [sent = {}] = attemptEvents(1);
  const broken = { payloads: [{ metadata: {}, data: new Uint8Array([1]) }] };
  const nonsense = {
    ...sent,
    activityTaskScheduledEventAttributes: { activityType: { name: 'runGoose' }, input: broken },
  };
  const other = {
    ...sent,
    activityTaskScheduledEventAttributes: { activityType: { name: 'lookAtTask' }, input: broken },
  };
  const told = toldBy([nonsense, other, ...attemptEvents(2)], OPEN);
  expect(told.attempts.map(({ number }) => number)).toEqual([2]);
});

const short = ({ number, state, verdict, host, end }: Attempt) =>
  [number, state, verdict?.kind ?? null, verdict?.reason ?? null, host, end] as const;

/** Histories that a real server has written. */
test.each<[string, ReturnType<typeof short>[]]>([
  [
    'run-parks-and-retries',
    [1, 2, 3, 4].map((number) => [
      ...([number, 'ended', 'agent-failed', 'the model answered with nothing, four times'] as const),
      ...(['host', number === 4 ? 'gone' : null] as const),
    ]),
  ],
  [
    // The recording has no identities of workers, so the host is what a result names.
    'run-loses-its-worker-in-each-phase',
    [
      [
        1,
        'ended',
        'worker-lost',
        'its worker on host was lost, and its processes have been ended',
        null,
        null,
      ],
      [2, 'ended', 'worker-lost', 'its worker was not heard of for the heartbeat timeout', null, null],
      [3, 'ended', 'agent-failed', 'the model answered with nothing, four times', 'host', null],
      [4, 'ended', 'agent-failed', 'the model answered with nothing, four times', 'host', null],
      [5, 'ended', 'not-ours', expect.stringContaining('complete') as unknown as string, 'host', 'complete'],
    ],
  ],
  ['run-is-terminated', [[1, 'cut-off', null, null, null, null]]],
  ['run-is-cancelled-and-continues', [[1, 'ended', 'cancelled', 'cancelled by hand', 'host', null]]],
  ['run-is-withdrawn', []],
  // The first one stood down, and its number was given to the next.
  ['run-was-reset', [[1, 'ended', 'completed', 'the model gave its final answer', 'host', 'complete']]],
])('the attempts of a run, by its history: %s', (name, expected) => {
  expect(toldBy(recorded(name), OVER).attempts.map(short)).toEqual(expected);
});

test('what a run returned is found, and that of one that was terminated is not', () => {
  expect(toldBy(recorded('run-comes-back-parked+completes'), OVER).result).toMatchObject({
    end: expect.any(String),
  });
  expect(toldBy(recorded('run-is-terminated'), OVER).result).toBeNull();
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

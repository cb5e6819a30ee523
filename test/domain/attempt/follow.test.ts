import { describe, expect, test } from 'vitest';
import {
  type AttemptPolicy,
  type Follow,
  follow,
  followOutcome,
  forgiven,
  NO_PAST,
  type Past,
} from '../../../domain/attempt/follow.ts';
import type { Outcome } from '../../../domain/attempt/settle.ts';
import type { VerdictKind } from '../../../domain/attempt/verdict.ts';

const policy: AttemptPolicy = {
  maxAttempts: 3,
  backOffMs: 10_000,
  backOffMaxMs: 300_000,
  maxWorkerLosses: 5,
  maxRunsInARow: 20,
};
const T = 1_000_000;
const past = (change: Partial<Past>): Past => ({ ...NO_PAST, number: 7, ...change });
const verdict = (kind: VerdictKind) => ({ kind, reason: 'it broke' });
const decide = (before: Past, kind: VerdictKind, by?: 'person' | 'shutdown', rules = policy) =>
  follow(before, { verdict: verdict(kind), cancelledBy: by }, rules, T);

const END: Follow = { next: 'end' };
const AGAIN: Follow = { next: 'again' };
const backOff = (seconds: number): Follow => ({ next: 'back-off', untilMs: T + seconds * 1_000 });
const park = (reason: string): Follow => ({ next: 'park', reason });

describe('what follows a verdict', () => {
  const failures = [
    'agent-failed',
    'not-verified',
    'task-misconfigured',
    'timed-out',
    'stalled',
    'looping',
  ] as const;
  const rows: [kind: VerdictKind, before: Partial<Past>, after: Partial<Past>, follow: Follow][] = [
    ['completed', { used: 1, lost: 2, unfinished: 3 }, { used: 1, unfinished: 3 }, END],
    ['not-ours', { used: 1, lost: 2 }, { used: 1 }, END],
    ['model-unavailable', { used: 2, lost: 4 }, { used: 2 }, END],
    ['misconfigured', { used: 2, lost: 4 }, { used: 2 }, END],
    // TinyTask's trouble uses no attempt and never parks; each time in a row the pause is longer.
    ['tinytask-unavailable', { used: 2, lost: 4 }, { used: 2, outages: 1 }, backOff(10)],
    ['tinytask-unavailable', { outages: 1 }, { outages: 2 }, backOff(20)],
    ['tinytask-unavailable', { outages: 99 }, { outages: 100 }, backOff(300)],
    ['agent-failed', { outages: 3 }, { used: 1 }, backOff(10)],
    ['completed', { outages: 3 }, {}, END],
    ['worker-lost', { outages: 3 }, { outages: 3, lost: 1 }, AGAIN],
    ...failures.flatMap((kind): typeof rows => [
      [kind, {}, { used: 1 }, backOff(10)],
      [kind, { used: 1, lost: 3, unfinished: 2 }, { used: 2, unfinished: 2 }, backOff(20)],
      [kind, { used: 2 }, { used: 3 }, park('attempt 3 of 3 failed: it broke')],
      // The run that was parked after the last attempt was ended by a person, so this is a new set.
      [kind, { used: 3 }, { used: 1 }, backOff(10)],
    ]),
    // No further attempt changes it, so none is used.
    ['not-runnable', { used: 1, lost: 3, outages: 2 }, { used: 1 }, park('it broke')],
    ['worker-lost', { used: 2 }, { used: 2, lost: 1 }, AGAIN],
    ['worker-lost', { lost: 3 }, { lost: 4 }, AGAIN],
    ['worker-lost', { lost: 4 }, { lost: 5 }, park('it lost its worker 5 times in a row: it broke')],
  ];
  test.each(rows)('%s after %j', (kind, before, changed, next) => {
    expect(decide(past(before), kind)).toEqual({ past: past(changed), follow: next });
  });

  test.each([
    ['person', park('cancelled by hand')],
    ['shutdown', AGAIN],
    [undefined, AGAIN],
  ] as const)('cancelled by %s uses nothing', (by, next) => {
    const before = past({ used: 2, lost: 4, unfinished: 9 });
    expect(decide(before, 'cancelled', by)).toEqual({ past: before, follow: next });
  });

  test('the back-off doubles from 10 s to at most 5 min', () => {
    const many = { ...policy, maxAttempts: 2_000 };
    const seconds = [0, 1, 2, 3, 4, 5, 6, 1_500].map((used) => {
      const { follow } = decide(past({ used }), 'agent-failed', undefined, many);
      return follow.next === 'back-off' ? (follow.untilMs - T) / 1_000 : follow.next;
    });
    expect(seconds).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test('with one attempt allowed the first failure parks', () => {
    const { follow } = decide(NO_PAST, 'agent-failed', undefined, { ...policy, maxAttempts: 1 });
    expect(follow).toEqual(park('attempt 1 of 1 failed: it broke'));
  });

  test('losses count in a row only: any other end of an attempt breaks it', () => {
    const four = past({ lost: 4 });
    for (const kind of ['agent-failed', 'model-unavailable', 'completed'] as const) {
      expect(decide(decide(four, kind).past, 'worker-lost').follow).toEqual(AGAIN);
    }
  });
});

describe('what became of the task outranks the verdict', () => {
  const before = past({ used: 2, lost: 1, unfinished: 4 });
  const follows: Follow[] = [END, AGAIN, backOff(10), park('attempt 3 of 3 failed: it broke')];
  const then = (next: Follow, outcome: Outcome, from = before) =>
    followOutcome({ past: from, follow: next }, outcome, policy);

  describe.each(follows)('decided: $next', (next) => {
    test.each<Outcome>([
      { task: 'complete', by: 'agent' },
      { task: 'complete', by: 'us' },
      { task: 'gone', reason: 'the task was deleted' },
    ])('$task ends it, and all is forgotten but the number', (outcome) => {
      expect(then(next, outcome)).toEqual({ past: past({}), follow: END });
    });

    test('handed-off ends it: the next agent has a full set, and the circle is counted', () => {
      expect(then(next, { task: 'handed-off', to: 'bob' })).toEqual({
        past: past({ unfinished: 5 }),
        follow: END,
      });
    });

    test.each<Outcome>([{ task: 'returned' }, { task: 'untouched' }])('$task changes nothing', (outcome) => {
      expect(then(next, outcome)).toEqual({ past: before, follow: next });
    });

    test.each<Outcome>([{ task: 'put-back' }, { task: 'not-done', reason: 'it has open subtasks (2)' }])(
      '$task counts as unfinished only where the run would end',
      (outcome) => {
        const counted = { past: past({ unfinished: 5 }), follow: END };
        expect(then(next, outcome)).toEqual(next.next === 'end' ? counted : { past: before, follow: next });
      },
    );
  });

  test.each<[Outcome, string]>([
    [{ task: 'put-back' }, 'put-back'],
    [{ task: 'not-done', reason: 'it has open subtasks (2)' }, 'not-done'],
    [{ task: 'handed-off', to: 'bob' }, 'handed-off'],
  ])('%j 20 times in a row parks', (outcome, how) => {
    let state: { past: Past; follow: Follow } = { past: NO_PAST, follow: END };
    for (let run = 1; run < 20; run++) {
      state = then(END, outcome, state.past);
      expect(state.follow).toEqual(END);
    }
    expect(then(END, outcome, state.past)).toEqual({
      past: { ...NO_PAST, unfinished: 20 },
      follow: park(`20 runs in a row ended without completing it (last: ${how})`),
    });
  });
});

test('retry forgives everything but the number', () => {
  expect(forgiven({ number: 9, used: 3, lost: 5, unfinished: 20, outages: 4 })).toEqual({
    ...NO_PAST,
    number: 9,
  });
});

import { describe, expect, test } from 'vitest';
import { type EndedFacts, endedWork, spreadOf } from '../../../client/report/ended.ts';
import type { Attempt, ClosedRun, ToldByHistory } from '../../../contract/attempts.ts';
import type { RunResult } from '../../../contract/run.ts';
import type { VerdictKind } from '../../../domain/attempt/verdict.ts';
import { sayGaps } from '../../../words/report.ts';
import * as some from '../../support/attempts.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000 * HOUR_MS;
const SINCE_MS = NOW_MS - 10 * HOUR_MS;

const runOf = (taskId: number, change: Partial<ClosedRun> = {}) =>
  some.closedRunOf(taskId, { startedAtMs: NOW_MS - HOUR_MS, endedAtMs: NOW_MS, ...change });
const attemptOf = (change: Partial<Attempt> = {}) =>
  some.attemptOf({ sentAtMs: NOW_MS - HOUR_MS + 5_000, seconds: 60, tokens: 100, ...change });
const came = (kind: VerdictKind): Pick<Attempt, 'verdict'> => ({ verdict: { kind, reason: 'so' } });
const ended = (end: RunResult['end'] | null, ...attempts: Attempt[]): ToldByHistory => ({
  attempts,
  result: end && ({ end } as RunResult),
});
const complete = (...attempts: Attempt[]) => ended('complete', ...attempts);
const workOf = (change: Partial<EndedFacts>, agent?: string) =>
  endedWork(
    { keptForMs: 100 * HOUR_MS, runs: [], more: false, told: [], ...change },
    { statuses: [], sinceMs: SINCE_MS, ...(agent !== undefined && { agent }) },
    NOW_MS,
  );

test('nothing has ended', () => {
  expect(workOf({})).toEqual({
    ...{ sinceMs: SINCE_MS, keptForMs: 100 * HOUR_MS, more: false, runs: 0, read: 0, ends: [] },
    ...{ completedPerHour: null, waiting: null, running: null, verdicts: [], byAgent: [], byRecipe: [] },
  });
});

describe('some runs', () => {
  const lost = attemptOf({ ...some.UNTOLD, ...came('worker-lost') });
  const unfit = attemptOf({
    ...came('misconfigured'),
    ...{ recipe: null, claimed: false, seconds: 0, tokens: null },
  });
  const facts = {
    runs: [
      runOf(1),
      runOf(2),
      runOf(3, { how: 'terminated' as const, agent: 'bob' }),
      runOf(4, { how: 'continued' as const }),
    ],
    told: [
      complete(lost, attemptOf()),
      complete(attemptOf({ recipe: 'review', tokens: 50, seconds: 120 })),
      ended(null, attemptOf({ agent: 'bob', recipe: null, tokens: null, seconds: null })),
      ended(null, unfit),
    ],
  };

  test('what is not known is in no sum, and is counted', () => {
    const work = workOf(facts);
    expect(work).toMatchObject({ runs: 3, read: 3, completedPerHour: 0.2 });
    expect(work.ends).toEqual([
      { end: 'complete', runs: 2 },
      { end: 'lost', runs: 1 },
    ]);
    expect(work.running).toEqual({ of: 2, meanMs: 90_000, p50Ms: 60_000, p90Ms: 120_000, mostMs: 120_000 });
    expect(work.waiting).toEqual({ of: 4, meanMs: 5_000, p50Ms: 5_000, p90Ms: 5_000, mostMs: 5_000 });
    expect(work.verdicts).toEqual([
      { verdict: 'completed', attempts: 3 },
      { verdict: 'misconfigured', attempts: 1 },
      { verdict: 'worker-lost', attempts: 1 },
    ]);
    expect(work.byAgent).toEqual([
      { name: 'ada', attempts: 3, tokens: 150, unknownTokens: 1 },
      { name: 'bob', attempts: 1, tokens: null, unknownTokens: 1 },
    ]);
    expect(work.byRecipe).toEqual([
      { name: 'ada', attempts: 1, tokens: 100, unknownTokens: 0 },
      { name: 'review', attempts: 1, tokens: 50, unknownTokens: 0 },
      { name: null, attempts: 2, tokens: null, unknownTokens: 2 },
    ]);
  });

  test('of one agent', () => {
    expect(workOf(facts, 'bob')).toMatchObject({
      ...{ runs: 1, read: 1, completedPerHour: 0, waiting: { of: 1 }, running: null },
      verdicts: [{ verdict: 'completed', attempts: 1 }],
      byAgent: [{ name: 'bob', tokens: null }],
    });
    expect(workOf(facts, 'nobody')).toMatchObject({ runs: 0, read: 0, verdicts: [], byAgent: [] });
  });

  test('of one agent, though another one had the run before', () => {
    const told = [complete(attemptOf({ agent: 'bob', ...came('stalled') }), attemptOf())];
    expect(workOf({ runs: [runOf(1)], told }, 'ada')).toMatchObject({
      verdicts: [{ verdict: 'completed', attempts: 1 }],
      byAgent: [{ name: 'ada', attempts: 1 }],
    });
  });

  test('a rate is not known where some runs are not', () => {
    expect(workOf({ ...facts, told: [complete(attemptOf()), undefined] })).toMatchObject({
      ...{ runs: 3, read: 1, completedPerHour: null },
    });
    expect(workOf({ ...facts, more: true }).completedPerHour).toBe(null);
  });

  test('a host whose clock is behind has nobody wait less than no time', () => {
    const told = [complete(attemptOf({ sentAtMs: 0 }))];
    expect(workOf({ runs: [runOf(1)], told }).waiting).toMatchObject({ mostMs: 0 });
  });
});

test.each<[Partial<EndedFacts>, RegExp[]]>([
  [{}, []],
  [{ keptForMs: 2 * HOUR_MS }, [/keeps ended runs for 2 h 0 min; what ended before/]],
  [{ keptForMs: null }, [/does not say for how long/]],
  [
    { runs: [runOf(1)], told: [], more: true },
    [/More runs have ended; the last 1 are/, /Of 1 runs .* of 0 were/],
  ],
])('%# what is left out is said', (facts, says) => {
  const gaps = sayGaps(workOf(facts), NOW_MS);
  expect(gaps).toEqual(says.map((each) => expect.stringMatching(each)));
});

test.each<[number[], [number, number, number] | null]>([
  [[], null],
  [[7], [7, 7, 7]],
  [
    [3, 1],
    [1, 3, 3],
  ],
  [Array.from({ length: 100 }, (_, at) => at + 1), [50, 90, 100]],
])('%# a spread', (numbers, expected) => {
  const spread = spreadOf(numbers);
  expect(spread && [spread.p50Ms, spread.p90Ms, spread.mostMs]).toEqual(expected);
});

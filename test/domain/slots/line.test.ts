import { describe, expect, test } from 'vitest';
import type { Rank } from '../../../domain/rank.ts';
import { grantDue } from '../../../domain/slots/grant.ts';
import { reorder, request } from '../../../domain/slots/line.ts';
import { ask, fenceOf, granted, held, inLine, poolOf, runOfTask, T, theAgent } from '../../support/pools.ts';
import { rankOfTask } from '../../support/tasks.ts';

const rank = (id: number, priority: number) => rankOfTask(id, { priority });
/** The priority by which the only one in line is ranked. */
const priorities = (pool: { waiters: { rank: Rank }[] }) =>
  pool.waiters.map((waiter) => waiter.rank.priority);

describe('a run that asks', () => {
  test.each<[name: string, Partial<Rank>, line: number[]]>([
    ['the older task goes first', {}, [1, 2]],
    ['priority goes before age', { priority: 1 }, [2, 1]],
    ['tasks that others wait for go before priority', { dependents: 1, priority: -1 }, [2, 1]],
    ['what a person put first goes before all', { first: true, priority: -1 }, [2, 1]],
  ])('takes its place by rank: %s', (_, second, line) => {
    const pool = poolOf({});
    ask(pool, 1);
    ask(pool, 2, { rank: second });
    expect(inLine(pool)).toEqual(line);
  });

  test('asks again: it has one place, of the newer rank, and has been in line since it came', () => {
    const pool = poolOf({});
    ask(pool, 1);
    ask(pool, 2);
    const again = { ...runOfTask(2), rank: rank(2, 5), rankedAtMs: T + 1, wants: 'ada' };
    expect(request(pool, again, T + 9)).toEqual([]);
    expect(pool.waiters).toMatchObject([{ ...again, sinceMs: T }, runOfTask(1)]);
  });

  test('asks while it holds: it gets that grant once more, and no place in line', () => {
    const pool = poolOf({ ada: 2 });
    ask(pool, 1);
    const grant = grantDue(pool, T);
    expect(ask(pool, 1)).toEqual(grant);
    expect(grant).toEqual([
      { ...runOfTask(1), fence: T, agent: 'ada', gooseQueue: 'goose-ada', probe: false },
    ]);
    expect(pool).toMatchObject({ waiters: [], holders: [runOfTask(1)] });
  });

  test.each<[string, string, boolean]>([
    ['the probe', 'run-1', true],
    ['a run from before', 'run-9', false],
  ])('asks while it holds a slot of an unwell agent: the grant tells %s', (_, probe, told) => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    Object.assign(theAgent(pool, 'ada'), {
      health: { state: 'cooling-down', reason: 'it broke', untilMs: T, times: 1, probing: true },
      probe: runOfTask(1, probe),
    });
    expect(ask(pool, 1)).toMatchObject([{ probe: told }]);
  });

  test('asks though a rebuild took it for a holder: its slot gets a fence, which counts from now on', () => {
    const pool = poolOf({ ada: 1 });
    pool.holders = [{ ...runOfTask(1), agent: 'ada', fence: null, sinceMs: T }];
    expect(ask(pool, 1)).toMatchObject([{ agent: 'ada', fence: T }]);
    expect(fenceOf(pool, 1)).toBe(T);
  });

  test('was reset: it is another run than the one before it', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    const after = { ...runOfTask(1, 'after-reset'), rank: rank(1, 0), rankedAtMs: T, wants: null };
    expect(request(pool, after, T)).toEqual([]);
    expect(pool.waiters).toMatchObject([{ runId: 'after-reset' }]);
  });
});

describe('the newest look wins', () => {
  const EARLY = T - 10;
  const LATE = T + 10;
  /** What can happen, in any order; each names the rank of task 1 as a look found it. */
  const happens = {
    'asked early': (pool: ReturnType<typeof poolOf>) =>
      ask(pool, 1, { rank: { priority: 1 }, rankedAtMs: EARLY }),
    'told in between': (pool: ReturnType<typeof poolOf>) => reorder(pool, [rank(1, 2)], T),
    'told late': (pool: ReturnType<typeof poolOf>) => reorder(pool, [rank(1, 3)], LATE),
  };
  type Happening = keyof typeof happens;

  test.each<Happening[]>([
    ['asked early', 'told in between', 'told late'],
    ['asked early', 'told late', 'told in between'],
    ['told in between', 'asked early', 'told late'],
    ['told in between', 'told late', 'asked early'],
    ['told late', 'asked early', 'told in between'],
    ['told late', 'told in between', 'asked early'],
  ])('%s, %s, %s', (...order) => {
    const pool = poolOf({});
    for (const happening of order) happens[happening](pool);
    expect(priorities(pool)).toEqual([3]);
    expect(pool.ranks).toEqual([]);
  });

  test('a run that asks with what was found later than what was told', () => {
    const pool = poolOf({});
    reorder(pool, [rank(1, 2)], T);
    ask(pool, 1, { rank: { priority: 4 }, rankedAtMs: LATE });
    expect(priorities(pool)).toEqual([4]);
  });

  test('a run that asks again with the old rank of its start', () => {
    const pool = poolOf({});
    ask(pool, 1);
    reorder(pool, [rank(1, 3)], LATE);
    ask(pool, 1);
    expect(pool.waiters).toMatchObject([{ rank: { priority: 3 }, rankedAtMs: LATE }]);
  });

  test('and the line is by it at once', () => {
    const pool = poolOf({ ada: 1 });
    for (const id of [1, 2, 3]) ask(pool, id);
    reorder(pool, [rank(3, 2), rank(2, 1)], LATE);
    expect(inLine(pool)).toEqual([3, 2, 1]);
    expect(granted(pool)).toEqual(['3 ada']);
  });

  test('two looks of the same millisecond: what comes last', () => {
    const pool = poolOf({});
    ask(pool, 1);
    for (const priority of [1, 2]) reorder(pool, [rank(1, priority)], T);
    for (const priority of [1, 2]) reorder(pool, [rank(2, priority)], T);
    expect(priorities(pool)).toEqual([2]);
    expect(pool.ranks).toEqual([{ rank: rank(2, 2), atMs: T }]);
  });
});

describe('ranks that come before their run', () => {
  test('are kept for whoever asks, and taken once', () => {
    const pool = poolOf({});
    reorder(pool, [rank(1, 1), rank(2, 2)], T + 5);
    ask(pool, 1);
    expect(priorities(pool)).toEqual([1]);
    expect(pool.ranks).toEqual([{ rank: rank(2, 2), atMs: T + 5 }]);
  });

  test('are a thousand at most: the oldest are forgotten', () => {
    const pool = poolOf({});
    const tell = (from: number, to: number, atMs: number) =>
      reorder(
        pool,
        Array.from({ length: to - from + 1 }, (_, at) => rank(from + at, 1)),
        atMs,
      );
    tell(1, 1_000, T);
    // Told of again, it is one of the newest.
    tell(1, 1, T + 1);
    tell(1_001, 1_002, T + 1);
    const kept = pool.ranks.map(({ rank: { id } }) => id);
    expect(kept).toHaveLength(1_000);
    expect(kept).not.toContain(2);
    expect(kept).not.toContain(3);
    expect(kept.slice(-3)).toEqual([1, 1_001, 1_002]);
  });
});

describe('two runs of one task in line, of which one was terminated', () => {
  const later = (rankedAtMs: number, priority: number) => ({
    ...{ ...runOfTask(1, 'after'), rank: rank(1, priority), rankedAtMs, wants: null },
  });

  test('are told the same rank', () => {
    const pool = poolOf({});
    ask(pool, 1);
    request(pool, later(T, 0), T);
    reorder(pool, [rank(1, 5)], T + 1);
    expect(priorities(pool)).toEqual([5, 5]);
  });

  test.each<[string, number, number]>([
    ['the one before knows more of', T - 1, 2],
    ['the later one asks with', T + 1, 7],
  ])('have the newest rank, which %s', (_, rankedAtMs, newest) => {
    const pool = poolOf({});
    ask(pool, 1, { rank: { priority: 2 } });
    request(pool, later(rankedAtMs, 7), T);
    expect(priorities(pool)).toEqual([newest, newest]);
  });
});

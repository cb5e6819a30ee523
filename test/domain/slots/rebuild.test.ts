import { describe, expect, test } from 'vitest';
import { release } from '../../../domain/slots/give-back.ts';
import { reorder } from '../../../domain/slots/line.ts';
import type { Pool } from '../../../domain/slots/pool.ts';
import { foundHolder, foundWaiter } from '../../../domain/slots/rebuild.ts';
import type { RunRef } from '../../../domain/slots/run-ref.ts';
import {
  ask,
  fenceOf,
  granted,
  held,
  holding,
  inLine,
  poolOf,
  runOfTask,
  T,
  theAgent,
} from '../../support/pools.ts';
import { rankOfTask } from '../../support/tasks.ts';

const holder = (id: number, agent = 'ada') => ({ ...runOfTask(id), agent, sinceMs: T });
const waiter = (id: number) => ({
  ...{ ...runOfTask(id), rank: rankOfTask(id), rankedAtMs: T - 5, wants: null, sinceMs: T },
});

describe('a run that was found running', () => {
  test('holds a slot of its agent, under a fence that nobody knows', () => {
    const pool = poolOf({ ada: 1, bob: 1 });
    foundHolder(pool, holder(1));
    expect(pool.holders).toEqual([{ ...holder(1), fence: null }]);
    ask(pool, 2);
    ask(pool, 3);
    expect(granted(pool)).toEqual(['2 bob']);
  });

  test('of an agent that nobody configured keeps that agent in mind, without slots', () => {
    const pool = poolOf({ bob: 0 });
    foundHolder(pool, holder(1, 'ada'));
    expect(pool.agents.map(({ name, limit }) => [name, limit])).toEqual([
      ['ada', null],
      ['bob', 0],
    ]);
  });

  test('counts once, however often it is found', () => {
    const pool = poolOf({ ada: 2 });
    foundHolder(pool, holder(1));
    foundHolder(pool, holder(1));
    expect(holding(pool)).toEqual(['1 ada']);
  });

  test('keeps the fence of a grant that is known', () => {
    const pool = poolOf({ ada: 1 });
    held(pool, 1);
    const fence = fenceOf(pool, 1);
    foundHolder(pool, holder(1));
    expect(fenceOf(pool, 1)).toBe(fence);
  });

  test('has the fence that its host says, so that a word about an older grant frees nothing', () => {
    const pool = poolOf({ ada: 1 });
    foundHolder(pool, { ...holder(1), fence: T - 5 });
    expect(pool.holders).toEqual([{ ...holder(1), fence: T - 5, found: true }]);
    release(pool, { ...runOfTask(1), fence: T - 9, verdict: null }, T);
    expect(holding(pool)).toEqual(['1 ada']);
    release(pool, { ...runOfTask(1), fence: T - 5, verdict: null }, T);
    expect(holding(pool)).toEqual([]);
  });

  test('and asks: its attempt is over, and it gets a grant of this semaphore', () => {
    const pool = poolOf({ ada: 1 });
    foundHolder(pool, { ...holder(1), fence: T - 5 });
    const [grant] = ask(pool, 1);
    expect(grant?.fence).toBeGreaterThan(T - 5);
    expect(pool.holders).toEqual([{ ...holder(1), fence: grant?.fence }]);
    expect(ask(pool, 1)).toEqual([grant]);
  });

  test.each([
    ['a host is at its attempt: what it asked came twice, or late', T - 5, ['1 ada'], []],
    ['nobody says that a host is: it is to ask for another slot', undefined, [], [1]],
  ])('though it has asked, and %s', (_, fence, holders, line) => {
    const pool = poolOf({ ada: 1 });
    ask(pool, 1);
    foundHolder(pool, { ...holder(1), fence });
    expect(holding(pool)).toEqual(holders);
    expect(inLine(pool)).toEqual(line);
  });

  test('was in line when it was looked for first: it got its slot from the semaphore before', () => {
    const pool = poolOf({ ada: 1 });
    foundWaiter(pool, waiter(1));
    foundHolder(pool, holder(1));
    expect(pool).toMatchObject({ waiters: [], holders: [runOfTask(1)] });
  });
});

describe('a run that was found in line', () => {
  test('is in line, by the newest rank that is known, since it was found', () => {
    const pool = poolOf({ ada: 1 });
    reorder(pool, [rankOfTask(2, { priority: 1 })], T);
    for (const id of [1, 2]) foundWaiter(pool, waiter(id));
    expect(pool.waiters).toMatchObject([
      { ...runOfTask(2), rank: { priority: 1 }, sinceMs: T, found: true },
      { ...runOfTask(1), sinceMs: T, found: true },
    ]);
    expect(granted(pool)).toEqual(['2 ada']);
  });

  test.each<[string, (pool: Pool) => void, string[], number[]]>([
    ['has asked by then', (pool) => ask(pool, 1), [], [1]],
    ['was found before', (pool) => foundWaiter(pool, waiter(1)), [], [1]],
    ['has a slot by then', (pool) => held(pool, 1), ['1 ada'], []],
  ])('counts once when it %s', (_, before, holders, line) => {
    const pool = poolOf({ ada: 1 });
    before(pool);
    foundWaiter(pool, waiter(1));
    expect(holding(pool)).toEqual(holders);
    expect(inLine(pool)).toEqual(line);
  });
});

describe('what a run says itself is newer than what was found', () => {
  /** What the run of task 1 says while it is looked for, and where it is afterwards, whatever was found. */
  const said: [string, (pool: Pool) => RunRef[], number[]][] = [
    [
      'it asked',
      (pool) => {
        ask(pool, 1);
        return [runOfTask(1)];
      },
      [1],
    ],
    [
      'it gave back its slot',
      (pool) => {
        release(pool, { ...runOfTask(1), fence: T - 9, verdict: null }, T);
        return [runOfTask(1)];
      },
      [],
    ],
  ];

  describe.each(said)('%s', (_, says, line) => {
    test.each<[string, (pool: Pool, heard: RunRef[]) => void]>([
      ['running', (pool, heard) => foundHolder(pool, holder(1), heard)],
      ['in line', (pool, heard) => foundWaiter(pool, waiter(1), heard)],
    ])('and was found %s: it is not counted twice', (_found, find) => {
      const pool = poolOf({ ada: 1 });
      find(pool, says(pool));
      expect(holding(pool)).toEqual([]);
      expect(inLine(pool)).toEqual(line);
    });
  });

  test('it gave something back, and was found in line: it is looked for once more', () => {
    const pool = poolOf({ ada: 1 });
    expect(foundWaiter(pool, waiter(1), [runOfTask(1)])).toBe(true);
    expect(foundWaiter(pool, waiter(1), [runOfTask(2)])).toBe(false);
    expect(inLine(pool)).toEqual([1]);
    expect(foundWaiter(pool, waiter(1), [runOfTask(1)])).toBe(false);
  });

  test('it asked before anybody looked: it is in line, though a late list has it running', () => {
    const pool = poolOf({ ada: 1 });
    ask(pool, 1);
    foundHolder(pool, holder(1));
    expect(pool).toMatchObject({ holders: [], waiters: [runOfTask(1)] });
  });

  test('it was found in line, and then asks: from then on that is its own word', () => {
    const pool = poolOf({ ada: 1 });
    foundWaiter(pool, waiter(1));
    ask(pool, 1);
    expect(pool.waiters[0]).not.toHaveProperty('found');
    foundHolder(pool, holder(1));
    expect(inLine(pool)).toEqual([1]);
  });

  test('another run of the task has said something: that says nothing of this one', () => {
    const pool = poolOf({ ada: 1 });
    foundHolder(pool, holder(1), [runOfTask(1, 'after-reset'), runOfTask(2)]);
    expect(holding(pool)).toEqual(['1 ada']);
    expect(theAgent(pool, 'ada').probe).toBeNull();
  });
});

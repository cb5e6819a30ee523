import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareRank, countWaits, type Rank, rankOf } from '../../domain/rank.ts';
import type { Task } from '../../domain/task.ts';
import { processorMs } from '../support/processor-time.ts';
import { rankOfTask, taskOf } from '../support/tasks.ts';

/** Tasks from `id: blocker`. */
function blocked(by: Record<number, number | null>): Task[] {
  return Object.entries(by).map(([id, blockedByTaskId]) => taskOf(Number(id), { blockedByTaskId }));
}

describe('countWaits', () => {
  test.each([
    ['nobody waits', { 1: null, 2: null }, {}, []],
    ['one waits', { 1: null, 2: 1 }, { 1: 1 }, []],
    ['a chain counts through', { 1: null, 2: 1, 3: 2, 4: 3 }, { 1: 3, 2: 2, 3: 1 }, []],
    ['a tree', { 1: null, 2: 1, 3: 1, 4: 3, 5: 3 }, { 1: 4, 3: 2 }, []],
    ['a blocker that is not open blocks nobody', { 2: 1, 3: 2 }, { 2: 1 }, []],
    ['a task that waits for itself', { 1: 1 }, { 1: 0 }, [[1]]],
    ['a circle of two', { 1: 2, 2: 1 }, { 1: 1, 2: 1 }, [[1, 2]]],
    ['a circle of three, from its lowest id on', { 7: 3, 3: 5, 5: 7 }, { 3: 2, 5: 2, 7: 2 }, [[3, 5, 7]]],
    ['two circles', { 1: 2, 2: 1, 3: 3 }, { 1: 1, 2: 1, 3: 0 }, [[1, 2], [3]]],
    [
      'trees that hang off a circle wait for all of it, and are no part of it',
      { 1: 2, 2: 3, 3: 1, 4: 2, 5: 4, 6: 3 },
      { 1: 5, 2: 5, 3: 5, 4: 1 },
      [[1, 2, 3]],
    ],
    ['a tree on a task that waits for itself', { 1: 1, 2: 1, 3: 2 }, { 1: 2, 2: 1 }, [[1]]],
  ])('%s', (_, by, dependents, cycles) => {
    const waits = countWaits(blocked(by));
    expect(Object.fromEntries(waits.dependents)).toEqual(dependents);
    expect(waits.cycles).toEqual(cycles);
  });

  test('is what following every chain by hand comes to', () => {
    const links = fc.array(fc.option(fc.integer({ min: 1, max: 14 }), { nil: null }), { maxLength: 12 });
    fc.assert(
      fc.property(links, (blockers) => {
        const tasks = blockers.map((blockedByTaskId, at) => taskOf(at + 1, { blockedByTaskId }));
        const { dependents } = countWaits(tasks);
        for (const task of tasks) {
          const waiting = tasks.filter((other) => other.id !== task.id && reaches(tasks, other, task.id));
          expect(dependents.get(task.id) ?? 0).toBe(waiting.length);
        }
      }),
    );
  });

  test('a chain of 100,000 is neither slow nor too deep', () => {
    const chain = Array.from({ length: 100_000 }, (_, at) => taskOf(at + 1, { blockedByTaskId: at || null }));
    const tookMs = processorMs(() => expect(countWaits(chain).dependents.get(1)).toBe(99_999));
    expect(tookMs).toBeLessThan(2_000);
  });
});

function reaches(tasks: Task[], from: Task, to: number): boolean {
  const seen = new Set<number>();
  for (let at: Task | undefined = from; at !== undefined && !seen.has(at.id); ) {
    seen.add(at.id);
    const blocker: number | null = at.blockedByTaskId;
    if (blocker === to) return tasks.some((task) => task.id === to);
    at = tasks.find((task) => task.id === blocker);
  }
  return false;
}

describe('compareRank', () => {
  const better: [string, Partial<Rank>, Partial<Rank>][] = [
    ['put first beats more dependents', { first: true }, { dependents: 9 }],
    ['more dependents beat priority', { dependents: 1 }, { priority: 99 }],
    ['priority beats age', { priority: 1, createdAt: '2026-01-02T00:00:00Z' }, { priority: 0 }],
    ['a negative priority is below none', { priority: 0 }, { priority: -1 }],
    ['the older goes first', { createdAt: '2025-12-31T23:59:59Z' }, { createdAt: '2026-01-01T00:00:00Z' }],
  ];
  test.each(better)('%s', (_, a, b) => {
    // The ids say the opposite, so it is not they that decide.
    expect(compareRank(rankOfTask(2, a), rankOfTask(1, b))).toBeLessThan(0);
    expect(compareRank(rankOfTask(1, b), rankOfTask(2, a))).toBeGreaterThan(0);
  });

  test('else the lower id, and ids are numbers', () => {
    expect([10, 9, 100].map((id) => rankOfTask(id)).sort(compareRank)).toMatchObject([
      { id: 9 },
      { id: 10 },
      { id: 100 },
    ]);
  });

  const anyRank = fc.record({
    first: fc.boolean(),
    dependents: fc.nat({ max: 2 }),
    priority: fc.integer({ min: -1, max: 1 }),
    createdAt: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'),
    id: fc.integer({ min: 1, max: 4 }),
  });

  test('is a total order', () => {
    fc.assert(
      fc.property(anyRank, anyRank, anyRank, (a, b, c) => {
        const sign = (x: Rank, y: Rank) => Math.sign(compareRank(x, y));
        expect(sign(a, b) + sign(b, a)).toBe(0);
        if (sign(a, b) === 0) expect(a).toEqual(b);
        if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('rankOf takes the figures of the task and of those that wait for it', () => {
  const task = taskOf(1, { priority: 5 });
  const waits = countWaits([task, taskOf(2, { blockedByTaskId: 1 })]);
  expect(rankOf(task, waits, new Set([1]))).toEqual(
    rankOfTask(1, { first: true, dependents: 1, priority: 5 }),
  );
  expect(rankOf(taskOf(3), waits, new Set([1]))).toEqual(rankOfTask(3));
});

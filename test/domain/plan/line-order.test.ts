import { describe, expect, test } from 'vitest';
import type { InLine } from '../../../domain/plan/decision.ts';
import { changedOrder, type Ranks, rankMark } from '../../../domain/plan/line-order.ts';
import type { Rank } from '../../../domain/rank.ts';
import { rankOfTask } from '../../support/tasks.ts';

function inLine(taskId: number, rank: Partial<Rank> = {}, semaphore = 'pool-dev'): InLine {
  return { taskId, semaphore, rank: rankOfTask(taskId, rank), reason: { why: 'slot-due' } };
}

/** What the semaphores know when they have been told of all of these. */
const told = (...line: InLine[]): Ranks => changedOrder(line, {}).ranks;
const ids = (order: Record<string, Rank[]>) =>
  Object.fromEntries(
    Object.entries(order).map(([semaphore, ranks]) => [semaphore, ranks.map(({ id }) => id)]),
  );

describe('a rank is told apart by what may change in it', () => {
  test.each<[Partial<Rank>, string]>([
    [{}, '0/0'],
    [{ first: true }, '!0/0'],
    [{ dependents: 12, priority: -3 }, '12/-3'],
    [{ dependents: 1, priority: 23 }, '1/23'],
    [{ dependents: 12, priority: 3 }, '12/3'],
    [{ createdAt: 'another time', id: 99 }, '0/0'],
  ])('%j is %s', (rank, mark) => {
    expect(rankMark(rankOfTask(1, rank))).toBe(mark);
  });
});

describe('what the semaphores are told', () => {
  test.each<[name: string, before: InLine[], now: InLine[], told: Record<string, number[]>]>([
    ['who is new in line', [], [inLine(1)], { 'pool-dev': [1] }],
    ['nothing, where all is as it was', [inLine(1), inLine(2)], [inLine(2), inLine(1)], {}],
    [
      'whose priority is another',
      [inLine(1), inLine(2)],
      [inLine(1), inLine(2, { priority: 1 })],
      { 'pool-dev': [2] },
    ],
    ['for whom more tasks wait', [inLine(1)], [inLine(1, { dependents: 1 })], { 'pool-dev': [1] }],
    ['whom a person put first', [inLine(1)], [inLine(1, { first: true })], { 'pool-dev': [1] }],
    ['who is no longer first', [inLine(1, { first: true })], [inLine(1)], { 'pool-dev': [1] }],
    ['nothing of those who left', [inLine(1), inLine(2)], [inLine(2)], {}],
    [
      'each what is of its line',
      [inLine(1, {}, 'pool-qa')],
      [inLine(3), inLine(1, { priority: 1 }, 'pool-qa'), inLine(2)],
      { 'pool-dev': [3, 2], 'pool-qa': [1] },
    ],
  ])('%s', (_, before, now, expected) => {
    const { order, ranks } = changedOrder(now, told(...before));
    expect(ids(order)).toEqual(expected);
    expect(ranks).toEqual(told(...now));
  });

  test('the whole ranks, as they are now', () => {
    const now = inLine(1, { priority: 7 });
    expect(changedOrder([now], told(inLine(1))).order).toEqual({ 'pool-dev': [now.rank] });
  });

  test('who was out of line is told anew, since the semaphore may know an old rank', () => {
    const { ranks } = changedOrder([], told(inLine(1)));
    expect(ranks).toEqual({});
    expect(ids(changedOrder([inLine(1)], ranks).order)).toEqual({ 'pool-dev': [1] });
  });

  test('what it knew is not changed', () => {
    const known = Object.freeze(told(inLine(1)));
    changedOrder([inLine(1, { priority: 1 })], known);
    expect(known).toEqual(told(inLine(1)));
  });
});

import { expect, test } from 'vitest';
import { DISPLACED_MS, type Hand, RACE_MS } from './hands.ts';
import { Hands } from './observer/hands.ts';
import type { TaskRow } from './tinytask-calls.ts';

/** When a person's write was answered. */
const DONE_MS = Date.UTC(2026, 0, 1);
const TASK = 7;

const row = (assignedTo: string | null, writtenAfterMs: number, queue: string | null = null): TaskRow => ({
  id: TASK,
  title: 'a task',
  status: 'idle',
  assigned_to: assignedTo,
  queue_name: queue,
  blocked_by_task_id: null,
  is_currently_blocked: false,
  tags: [],
  archived_at: null,
  updated_at: new Date(DONE_MS + writtenAfterMs).toISOString(),
});

function handsAfter(hand: Hand, isAnswered = true): Hands {
  const hands = new Hands();
  hands.announced({ task: TASK, hand }, DONE_MS - 10);
  if (isAnswered) hands.done({ task: TASK, hand }, DONE_MS);
  return hands;
}

const LATER_MS = RACE_MS + 1_000;
const toGus: Hand = { do: 'assign', from: 'gil', to: 'gus' };
const toHank: Hand = { do: 'assign', from: 'gil', to: 'hank' };
const toNobody: Hand = { do: 'assign', from: 'gil', to: null };
const toUnknown: Hand = { do: 'assign', from: 'gil', to: 'nobody-of-that-name' };

test.each<[string, Hand, TaskRow, boolean]>([
  ['stays with whom it was given to', toGus, row('gus', LATER_MS), false],
  ['is with the agent of before again', toGus, row('gil', LATER_MS), true],
  ['is with a third one', toGus, row('forker', LATER_MS), true],
  ['is with nobody', toGus, row(null, LATER_MS), true],
  ['is with the agent of before, by what was read before', toGus, row('gil', RACE_MS), false],
  ['was handed on by the agent itself', toHank, row('gus', LATER_MS), false],
  ['was handed on to whom that agent never hands', toHank, row('gil', LATER_MS), true],
  ['was given to nobody, and its pool has it', toNobody, row('gil', LATER_MS, 'dev'), false],
  ['was given to nobody, is in no queue, and somebody has it', toNobody, row('gil', LATER_MS), true],
  [
    'was given to nobody, is in a queue of nobody, and somebody has it',
    toNobody,
    row('gil', LATER_MS, 'no-such-queue'),
    true,
  ],
  ['stays with an unknown one', toUnknown, row('nobody-of-that-name', LATER_MS), false],
  ['was taken from an unknown one', toUnknown, row('gus', LATER_MS, 'dev'), true],
  ['only changed its queue', { do: 'requeue', queue: 'dev' }, row('gus', LATER_MS, 'dev'), false],
])('a task that %s', (_, hand, seen, isWrong) => {
  expect(handsAfter(hand).movedBack(seen) !== undefined).toBe(isWrong);
});

test('what TinyTask has not answered may not have been done, so nothing is counted on', () => {
  expect(handsAfter(toGus, false).movedBack(row('gil', LATER_MS))).toBeUndefined();
  expect(handsAfter({ do: 'delete' }, false).takenAtMs(TASK, 'gil')).toBeUndefined();
  // And yet it may have been done.
  expect(handsAfter({ do: 'delete' }, false).mayBeGone(TASK)).toBe(true);
});

test('a race is forgiven once, and then the task is no longer where a person has put it', () => {
  const hands = handsAfter(toGus);
  expect(hands.movedBack(row('gil', RACE_MS))).toBeUndefined();
  expect(hands.movedBack(row('gil', LATER_MS))).toBeUndefined();
});

test('what was read before it was done says nothing of what came of it', () => {
  const hands = handsAfter(toGus);
  expect(hands.movedBack(row('gil', -5_000))).toBeUndefined();
  expect(hands.movedBack(row('gil', LATER_MS))).toBeDefined();
});

test('the last of several hands counts', () => {
  const hands = handsAfter(toGus);
  hands.announced({ task: TASK, hand: toHank }, DONE_MS + 5_000);
  hands.done({ task: TASK, hand: toHank }, DONE_MS + 5_010);
  expect(hands.movedBack(row('hank', LATER_MS))).toBeUndefined();
  expect(hands.movedBack(row('gil', 5_010 + LATER_MS))).toBeDefined();
});

test.each<[string, Hand, boolean]>([
  ['was deleted', { do: 'delete' }, true],
  ['was given to somebody else', toGus, false],
  ['changed its queue', { do: 'requeue', queue: null }, false],
])('a task that %s may be gone: %#', (_, hand, mayBe) => {
  const hands = handsAfter(hand);
  expect(hands.mayBeGone(TASK)).toBe(mayBe);
  expect(hands.mayBeGone(TASK + 1)).toBe(false);
});

test.each<[string, Hand, string, boolean]>([
  ['deleted', { do: 'delete' }, 'gil', true],
  ['given to another one', toGus, 'gil', true],
  ['given to nobody', toNobody, 'gil', true],
  ['given to that one itself', toGus, 'gus', false],
  ['put in another queue', { do: 'requeue', queue: 'dev' }, 'gil', false],
])('a task that was %s is taken from %s', (_, hand, agent, isTaken) => {
  expect(handsAfter(hand).takenAtMs(TASK, agent)).toBe(isTaken ? DONE_MS : undefined);
});

test('from whom it was taken may have finished it shortly after, and not later', () => {
  const hands = handsAfter(toGus);
  expect(hands.displaced(TASK, DONE_MS + 3_000)).toEqual(['gil']);
  expect(hands.displaced(TASK, DONE_MS + DISPLACED_MS)).toEqual([]);
  expect(hands.displaced(TASK + 1, DONE_MS)).toEqual([]);
});

test.each<[string, Hand, number, boolean]>([
  ['who assigned it just now', toGus, 1_000, true],
  ['who assigned it long ago', toGus, DISPLACED_MS, false],
  ['who only changed its queue', { do: 'requeue', queue: 'dev' }, 1_000, false],
])('a complete task that is idle again was reopened by a person %s: %#', (_, hand, afterMs, mayBe) => {
  expect(handsAfter(hand).mayHaveReopened(TASK, DONE_MS + afterMs)).toBe(mayBe);
});

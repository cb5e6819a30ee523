import { describe, expect, test } from 'vitest';
import { candidates, hasNew, idleInHand } from '../../../domain/plan/candidates.ts';
import type { OpenRun } from '../../../domain/plan/input.ts';
import type { Task } from '../../../domain/task.ts';
import { lineRunOf, runOf, taskOf } from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const seen = [
  taskOf(1, dev),
  taskOf(2, { ...dev, blockedByTaskId: 1 }),
  taskOf(3, { ...dev, status: 'working' }),
];

describe('what the planner should look at', () => {
  const change = (id: number, changed: Partial<Task>) =>
    seen.map((task) => (task.id === id ? { ...task, ...changed } : task));
  test.each<[name: string, now: Task[], news: boolean]>([
    ['nothing happened', seen, false],
    ['in another order', [...seen].reverse(), false],
    ['a new task', [...seen, taskOf(4, dev)], true],
    [
      'a new task that waits for another one, whose rank it changes',
      [...seen, taskOf(4, { ...dev, blockedByTaskId: 1 })],
      true,
    ],
    ['a task is blocked', change(1, { isCurrentlyBlocked: true }), true],
    ['a task has a subtask', [...seen, taskOf(4, { ...dev, parentTaskId: 1, status: 'working' })], true],
    ['another task under the same id', change(1, { createdAt: '2026-01-02T00:00:00Z' }), true],
    ['a task is gone', seen.slice(1), false],
    ['a blocker went away', change(2, { isCurrentlyBlocked: false }), true],
    ['a task is idle again', change(3, { status: 'idle' }), true],
    ['a task is complete', change(1, { status: 'complete' }), false],
    ['a task was archived', change(1, { archivedAt: '2026-01-02T00:00:00Z' }), false],
    ['assigned', change(1, { assignedTo: 'ada' }), true],
    ['moved to another queue', change(1, { queue: 'qa' }), true],
    ['more urgent', change(1, { priority: 1 }), true],
    ['given another recipe', change(1, { tags: ['recipe:fix'] }), true],
    ['only written about', change(1, { description: 'more', updatedAt: '2026-01-02T00:00:00Z' }), false],
  ])('%s', (_, now, news) => {
    expect(hasNew(candidates(seen, []), candidates(now, []))).toBe(news);
  });

  test('a parent becomes one when its last open subtask is gone, in whatever way', () => {
    const parent = taskOf(1, dev);
    const subtask = taskOf(2, { status: 'working', parentTaskId: 1 });
    const before = candidates([parent, subtask], []);
    expect(hasNew(before, candidates([parent], []))).toBe(true);
    expect(hasNew(before, candidates([parent, { ...subtask, archivedAt: 'then' }], []))).toBe(true);
    expect(hasNew(before, candidates([parent, { ...subtask, title: 'other' }], []))).toBe(false);
  });

  test.each<[run: OpenRun, now: Partial<Task>, news: boolean]>([
    [runOf(1, 'ada'), { assignedTo: 'bob' }, false],
    [lineRunOf(1), { assignedTo: 'bob' }, false],
    [lineRunOf(1), { priority: 9 }, false],
    [runOf(1, 'ada', 'backing-off'), { assignedTo: 'bob' }, true],
    [runOf(1, 'ada', 'parked'), { assignedTo: 'bob' }, true],
    [runOf(1, 'ada', 'parked'), { createdAt: '2026-01-02T00:00:00Z' }, true],
    [runOf(1, 'ada', 'parked'), { priority: 9 }, false],
  ])('a task with a run counts with what could end the run: %j, %j', (run, now, news) => {
    const task = taskOf(1, { assignedTo: 'ada' });
    expect(hasNew(candidates([task], [run]), candidates([{ ...task, ...now }], [run]))).toBe(news);
  });
});

test('nobody is another one than an agent named null', () => {
  const [nobody, named] = [taskOf(1), taskOf(1, { assignedTo: 'null' })];
  const run = runOf(1, 'ada', 'parked');
  expect(hasNew(candidates([nobody], [run]), candidates([named], [run]))).toBe(true);
});

test('a task in hand that is set back to idle is noticed', () => {
  const working = [taskOf(1, { status: 'working' }), taskOf(2), taskOf(3)];
  const runs = [runOf(1, 'ada'), runOf(3, 'ada', 'parked')];
  expect(idleInHand(working, runs)).toEqual([]);
  expect(idleInHand([taskOf(1), ...working.slice(1)], runs)).toHaveLength(1);
});

import { expect, test } from 'vitest';
import { type HangsOn, hangsOn } from '../../../domain/plan/hangs-on.ts';
import { standingsOf } from '../../../domain/plan/plan.ts';
import type { Task } from '../../../domain/task.ts';
import { agentOf, planInput, runOf, taskOf } from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const agents = [agentOf('ada', 1, 'dev')];

/** As lines: `  2 blocker parked`. */
function lines({ on, more }: Pick<HangsOn, 'on' | 'more'>, depth = 0): string[] {
  const indent = '  '.repeat(depth);
  return [
    ...on.flatMap((each) => [
      `${indent}${each.taskId} ${each.as} ${each.again ?? each.reasons?.[0]?.why ?? 'gone'}`,
      ...lines(each, depth + 1),
    ]),
    ...(more === undefined ? [] : [`${indent}${more} more`]),
  ];
}

const below = (tasks: Task[]) =>
  lines(hangsOn(standingsOf(planInput({ agents, tasks, openRuns: [runOf(9, 'ada', 'parked')] })), 1));
const blocked = (id: number, by: number, change: Partial<Task> = {}) =>
  taskOf(id, { ...dev, blockedByTaskId: by, ...change });
const part = (id: number, of: number, change: Partial<Task> = {}) =>
  taskOf(id, { ...dev, parentTaskId: of, ...change });

test.each<[string, Task[], string[]]>([
  ['nothing', [taskOf(1, dev)], []],
  ['a parked blocker', [blocked(1, 9), taskOf(9, dev)], ['9 blocker parked']],
  ['a chain', [blocked(1, 2), blocked(2, 9), taskOf(9, dev)], ['2 blocker blocked', '  9 blocker parked']],
  [
    'a blocker and subtasks, one of which waits for the same',
    [blocked(1, 9), part(2, 1), part(3, 1, { blockedByTaskId: 9, isCurrentlyBlocked: true }), taskOf(9, dev)],
    ['9 blocker parked', '2 subtask starting', '3 subtask blocked', '  9 blocker told'],
  ],
  [
    'a subtask that waits for its parent',
    [taskOf(1, dev), part(2, 1, { blockedByTaskId: 1, isCurrentlyBlocked: true })],
    ['2 subtask blocked', '  1 blocker loop'],
  ],
  [
    'a circle further down, which its reason tells',
    [blocked(1, 2), blocked(2, 3), blocked(3, 2)],
    ['2 blocker cycle'],
  ],
  ['a circle of its own', [blocked(1, 2), blocked(2, 1)], []],
  ['a blocker that is not open', [blocked(1, 77)], ['77 blocker gone']],
  [
    'five of many subtasks',
    [taskOf(1, dev), ...Array.from({ length: 30 }, (_, at) => part(at + 2, 1, { queue: null }))],
    [...[2, 3, 4, 5, 6].map((id) => `${id} subtask unassigned`), '25 more'],
  ],
])('a task hangs on %s', (_, tasks, expected) => {
  expect(below(tasks)).toEqual(expected);
});

test('a chain of 10,000 is told down to a depth', () => {
  const tasks = Array.from({ length: 10_000 }, (_, at) =>
    at === 9_999 ? taskOf(at + 1, dev) : blocked(at + 1, at + 2),
  );
  const told = below(tasks);
  expect(told.at(-1)?.trim()).toBe('1 more');
  expect(told).toHaveLength(9);
});

test('a tree of families is told up to a number of tasks', () => {
  const tasks = Array.from({ length: 500 }, (_, at) =>
    part(at + 1, Math.floor((at + 3) / 4), at === 0 ? { parentTaskId: null } : {}),
  );
  expect(below(tasks).filter((line) => line.includes('subtask')).length).toBeLessThanOrEqual(40);
});

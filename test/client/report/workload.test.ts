import { expect, test } from 'vitest';
import { isAskedFor, workloadOf } from '../../../client/report/workload.ts';
import type { Task } from '../../../domain/task.ts';
import { allowed } from '../../support/allowed.ts';
import { NOW_MS, taskOf } from '../../support/tasks.ts';

const HOUR_MS = 3_600_000;
const workload = (tasks: Task[]) => workloadOf(tasks, new Map(), NOW_MS);
const madeHoursAgo = (hours: number) => ({ createdAt: new Date(NOW_MS - hours * HOUR_MS).toISOString() });

test('no tasks', () => {
  expect(workload([])).toEqual({
    summary: { open: 0, idle: 0, working: 0, complete: 0, agentsWithWork: [] },
    agents: [],
    priorities: { byPriority: [], average: null },
    ages: { oldest: null, newest: null, averageMs: null, ahead: 0 },
    tasks: [],
  });
});

test('tasks by agent, priority and age', () => {
  const found = workload([
    taskOf(3, { assignedTo: 'oscar', priority: 1, ...madeHoursAgo(1) }),
    taskOf(1, { assignedTo: 'ada', status: 'working', priority: -2, ...madeHoursAgo(4) }),
    taskOf(2, { assignedTo: 'oscar', status: 'complete', priority: 1, ...madeHoursAgo(4) }),
    taskOf(4, { ...madeHoursAgo(3) }),
    taskOf(5, { assignedTo: '', ...madeHoursAgo(3) }),
  ]);
  expect(found.summary).toEqual({
    open: 4,
    idle: 3,
    working: 1,
    complete: 1,
    agentsWithWork: ['ada', 'oscar'],
  });
  expect(found.agents).toEqual([
    { agent: 'ada', total: 1, idle: 0, working: 1, complete: 0, taskIds: [1] },
    { agent: 'oscar', total: 2, idle: 1, working: 0, complete: 1, taskIds: [2, 3] },
    { agent: null, total: 2, idle: 2, working: 0, complete: 0, taskIds: [4, 5] },
  ]);
  expect(found.priorities).toEqual({
    byPriority: [
      { priority: 1, tasks: 2 },
      { priority: 0, tasks: 2 },
      { priority: -2, tasks: 1 },
    ],
    average: 0,
  });
  expect(found.ages).toEqual({
    oldest: { taskId: 1, ageMs: 4 * HOUR_MS },
    newest: { taskId: 3, ageMs: HOUR_MS },
    averageMs: 3 * HOUR_MS,
    ahead: 0,
  });
  expect(found.tasks.map(({ task }) => task.id)).toEqual([2, 3, 4, 5, 1]);
});

test.each<[string, string, number | null, number]>([
  ['as TinyTask writes it', '2025-12-31T23:00:00Z', HOUR_MS, 0],
  ['from a clock that is ahead', '2026-01-01T01:00:00Z', 0, 1],
  ['no date', 'yesterday', null, 0],
  ['empty', '', null, 0],
])('a date: %s', (_what, createdAt, ageMs, ahead) => {
  const { tasks, ages } = workload([taskOf(1, { createdAt })]);
  expect(tasks[0]?.ageMs).toBe(ageMs);
  expect([ages.oldest?.ageMs ?? null, ages.ahead]).toEqual([ageMs, ahead]);
});

test.each<[Partial<Task>, Parameters<typeof isAskedFor>[1], boolean]>([
  [{}, { statuses: ['idle', 'working'] }, true],
  [{ status: 'complete' }, { statuses: ['idle', 'working'] }, false],
  [{ status: 'complete' }, { statuses: ['complete'] }, true],
  [{ archivedAt: '2026-01-01T00:00:00Z' }, { statuses: ['idle'] }, false],
  [{ assignedTo: 'ada' }, { statuses: ['idle'], agent: 'ada' }, true],
  [{ assignedTo: 'Ada' }, { statuses: ['idle'], agent: 'ada' }, false],
  [{}, { statuses: ['idle'], agent: 'ada' }, false],
])('%j is in a report of %j: %s', (change, asked, isIn) => {
  expect(isAskedFor(taskOf(1, change), asked)).toBe(isIn);
});

test('names that objects have of their own are names', () => {
  const names = ['__proto__', 'constructor', 'toString'];
  const found = workload(names.map((assignedTo, id) => taskOf(id + 1, { assignedTo })));
  expect(found.agents.map(({ agent, total }) => [agent, total])).toEqual(names.map((agent) => [agent, 1]));
});

test('10,000 tasks with a priority each are counted at once', () => {
  const tasks = Array.from({ length: 10_000 }, (_, id) =>
    taskOf(id + 1, { priority: -id, assignedTo: `agent-${id % 200}`, ...madeHoursAgo(id) }),
  );
  const began = performance.now();
  const found = workload(tasks);
  expect(performance.now() - began).toBeLessThan(allowed(1_000));
  expect(found.priorities.byPriority).toHaveLength(10_000);
  expect(found.agents.map(({ total }) => total)).toEqual(Array(200).fill(50));
});

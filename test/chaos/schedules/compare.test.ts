import { expect, test } from 'vitest';
import type { Occurrence } from '../../../contract/occurrence.ts';
import { type SeenTask, wrongWith } from './compare.ts';

const T = 1_764_000_000_000;
const done = {
  end: 'done' as const,
  ...{ task: { id: 1, createdAt: '' }, verdict: null, attempts: 1, tokens: null, log: null, agent: null },
};
const line = (more: Partial<Occurrence> = {}): Occurrence => ({
  ...{ workflowId: 'occurrence-a-1', trigger: 'plan', plannedMs: T, ended: done },
  ...more,
});
const task = (more: Partial<SeenTask> = {}): SeenTask => ({
  ...{
    id: 1,
    title: '',
    tags: ['occurrence:occurrence-a-1'],
    status: 'complete',
    archivedAt: null,
    attempts: 1,
  },
  ...more,
});
const { ended: _, ...OPEN } = line();
const leftOut = { end: 'left-out' as const, because: { why: 'paused' as const } };

test.each<[string, Occurrence[], SeenTask[], RegExp[]]>([
  ['all is well', [line()], [task()], []],
  ['one that was left out has its line', [line({ ended: leftOut })], [], []],
  ['one line for many that were missed', [line({ plannedMs: T + 5, times: 3, ended: leftOut })], [], []],
  ['a stray that nobody tried', [line()], [task(), task({ id: 2, archivedAt: 'x', attempts: 0 })], []],
  ['no line', [], [], [/has 0 lines/]],
  ['two lines', [line(), line({ workflowId: 'occurrence-a-2', ended: leftOut })], [task()], [/has 2 lines/]],
  [
    'two tasks',
    [line()],
    [task(), task({ id: 2 })],
    [/has 2 tasks: 1, 2/, /task 1 .* belongs to no/, /task 2/],
  ],
  ['no task', [line()], [], [/is done, and has no task/]],
  ['not over', [OPEN], [], [/is not over/]],
  ['not done', [line()], [task({ status: 'idle' })], [/is done, and its task 1 is idle/]],
  ['left out, and run', [line({ ended: leftOut })], [task()], [/was left out, and has a task/]],
  ['of nobody', [line({ ended: leftOut })], [task({ tags: ['occurrence:x'] })], [/task 1 .* belongs to no/]],
  [
    'a stray that was tried',
    [line()],
    [task(), task({ id: 2, archivedAt: 'x' })],
    [/archived as made twice/],
  ],
])('%s', (_, history, tasks, wrong) => {
  const found = wrongWith([{ name: 'a', dueMs: [T], history }], tasks);
  expect(found.length).toBe(wrong.length);
  for (const [at, pattern] of wrong.entries()) expect(found[at]).toMatch(pattern);
});

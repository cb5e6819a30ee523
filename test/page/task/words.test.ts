import { describe, expect, test } from 'vitest';
import type { Done, DoneMany } from '../../../page/api/shapes.ts';
import { splitTasks, whyLines } from '../../../page/views/task/about/split-tasks.ts';
import { EMPTY, taskFrom } from '../../../page/views/task/add/draft.ts';
import { sayDid, sayMany, sayWill } from '../../../page/views/task/deeds/will.ts';
import { keepList, linkToList, neighbour } from '../../../page/views/task/list/last-list.ts';

const place = (phase: Done['before']['phase'], agent: string | null = 'ada'): Done['before'] => ({
  ...{ task_id: 1, phase, agent, attempt: 1, reason: null },
});

describe('what a deed would do', () => {
  test.each([
    ['retry', 'un-parked', 'parked', /called back/],
    ['retry', 'skipped-back-off', 'backing-off', /back-off/],
    ['retry', 'taken-back', 'working-elsewhere', /taken back/],
    ['retry', 'nothing', 'running', /^Nothing changes: it is running\.$/],
    ['retry', 'nothing', 'complete', /^Nothing changes: it is complete\.$/],
    ['run-now', 'put-first', 'waiting', /first in line.*nothing that runs is stopped/],
    ['cancel', 'cancelled', 'running', /goose, of ada, is stopped.*parked/],
    ['cancel', 'cancelled', 'waiting-for-slot', /leaves the line, and is parked/],
    ['cancel', 'nothing', 'parked', /Nothing changes: it is parked/],
    ['retry', 'of-another-version', 'parked', /Retry: of-another-version/],
  ] as const)('%s: %s of one that is %s', (verb, did, phase, says) => {
    expect(sayWill(verb, { did, before: place(phase) })).toMatch(says);
  });

  test('and what it did: in the words of the API where it has some', () => {
    const done = { dry_run: false, before: place('waiting'), after: place('waiting') };
    expect(sayDid(7, { ...done, did: 'put-first', says: null })).toBe('Task 7 is first in line (waiting).');
    expect(sayDid(7, { ...done, did: 'un-parked', says: 'Called back.' })).toBe('Called back.');
  });

  test('of many by what becomes of them, failures too, and how many are left', () => {
    const one = (did: string | null, code?: string) => ({
      ...{ task_id: 1, did, says: null, before: null, after: null },
      problem: code === undefined ? null : { code, detail: '', facts: {}, next_step: '' },
    });
    const told = (tasks: unknown[], left = 0) => ({ dry_run: true, tasks, failed: 0, left }) as DoneMany;
    expect(
      sayMany([
        told([one('un-parked'), one('nothing')]),
        told([one('un-parked'), one(null, 'no-such-task')], 3),
      ]),
    ).toBe('2 called back into the line; 1 unchanged; 1 not: no-such-task; 3 left; the same again does them');
    expect(sayMany([])).toBe('nothing');
  });
});

describe('numbers of tasks in sentences lead to them', () => {
  test.each([
    ['It waits for task 7.', [7]],
    ['after tasks 4, 5 and 12; task 42 has a slot', [4, 5, 12, 42]],
    ['  task 7 "Draw 3 geese", its blocker', [7]],
    ['Task #9 is parked', [9]],
    ['number 3 in line, 4 of 5 slots', []],
    ['multitask 5', []],
    ['', []],
  ])('%o', (text, ids) => {
    const parts = splitTasks(text);
    expect(parts.flatMap(({ taskId }) => taskId ?? [])).toEqual(ids);
    expect(parts.map((part) => part.text).join('')).toBe(text);
  });

  test('an explanation without its head and its attempts', () => {
    expect(whyLines(['Task 1 is idle.', 'It waits.', 'Attempts: 1.', '  failed'])).toEqual(['It waits.']);
    expect(whyLines(['Task 1 is idle.'])).toEqual([]);
    expect(whyLines([])).toEqual([]);
  });
});

describe('a new task', () => {
  test.each([
    [{ title: ' a ' }, { title: 'a' }],
    [
      { title: 'a', queue: 'dev', agent: ' ' },
      { title: 'a', queue: 'dev' },
    ],
    [
      { title: 'a', priority: '-3', blockedBy: '#42' },
      { title: 'a', priority: -3, blocked_by: 42 },
    ],
    [
      { title: 'a', recipe: 'careful', tags: 'x, y,,' },
      { title: 'a', tags: ['recipe:careful', 'x', 'y'] },
    ],
    [{ title: ' ' }, 'A task needs a title.'],
    [{ title: 'a', priority: '1.5' }, 'The priority "1.5" is no whole number.'],
    [{ title: 'a', blockedBy: 'the login' }, '"the login" is no number of a task.'],
    [{ title: 'a', blockedBy: '0' }, '"0" is no number of a task.'],
  ])('%o', (typed, expected) => {
    expect(taskFrom({ ...EMPTY, ...typed })).toEqual(expected);
  });
});

test('the tasks before and after in the list that was left', () => {
  keepList([5, 9, 2], '#/tasks?phase=parked');
  expect([neighbour(9, 1), neighbour(9, -1), neighbour(5, -1), neighbour(77, 1)]).toEqual([
    2,
    5,
    undefined,
    undefined,
  ]);
  expect(linkToList()).toBe('#/tasks?phase=parked');
});

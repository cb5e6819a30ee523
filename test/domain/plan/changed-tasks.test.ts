import { describe, expect, test } from 'vitest';
import { changedTasks, type ToldChanges } from '../../../domain/plan/changed-tasks.ts';
import type { OpenRun } from '../../../domain/plan/input.ts';
import type { Task } from '../../../domain/task.ts';
import { lineRunOf, MADE_AT, runOf, taskOf } from '../../support/tasks.ts';

interface Look {
  tasks: Task[];
  runs: OpenRun[];
  full?: boolean;
  /** Its run is in line where it may not stay. */
  misplaced?: boolean;
  createdAt?: Map<number, string>;
}

const NONE: ReadonlySet<number> = new Set();

/** Which runs are told at each of these looks, one after the other. */
function tellings(...looks: Look[]): number[][] {
  let toldChanges: ToldChanges = {};
  return looks.map(({ tasks, runs, full = false, misplaced = false, createdAt }) => {
    const away = new Set(misplaced ? runs.map(({ taskId }) => taskId) : []);
    const found = changedTasks(tasks, runs, { full, misplaced: away, createdAt, toldChanges, most: 100 });
    toldChanges = found.toldChanges;
    return found.changed;
  });
}

const waits = lineRunOf(1, { wants: 'ada' });
/** For any of its pool. */
const waitsForAny = lineRunOf(1);
const runs = runOf(1, 'ada');
const parked = runOf(1, 'ada', 'parked');
const backsOff = runOf(1, 'ada', 'backing-off');
const adas = { assignedTo: 'ada' };
const bobs = { assignedTo: 'bob' };
const on = (run: OpenRun, change: Partial<Task>): Look => ({ tasks: [taskOf(1, change)], runs: [run] });
const away = (run: OpenRun, change: Partial<Task>): Look => ({ ...on(run, change), misplaced: true });
const gone = (run: OpenRun, full = false): Look => ({ tasks: [], runs: [run], full });
const reset = (full: boolean): Look => ({
  tasks: [taskOf(1, { ...adas, createdAt: '2026-02-02T00:00:00Z' })],
  runs: [parked],
  full,
  ...(full && { createdAt: new Map([[1, MADE_AT]]) }),
});

describe('a run is told once of each change', () => {
  test.each<[string, Look[], number[][]]>([
    ['nothing has changed', [on(waits, adas), on(parked, adas), on(waits, {})], [[], [], []]],
    ['another agent’s while it waits for its own', Array(4).fill(on(waits, bobs)), [[1], [], [], []]],
    ['anybody’s while it waits for any', Array(4).fill(on(waitsForAny, bobs)), [[1], [], [], []]],
    ['nobody’s while it waits for any', [on(waitsForAny, {}), on(waitsForAny, {})], [[], []]],
    ['its own agent’s, whom it has a slot of', [on(runs, adas), on(runs, bobs)], [[], [1]]],
    ['it may not stay in line', Array(3).fill(away(waitsForAny, {})), [[1], [], []]],
    [
      'it may not stay, may again, and then not',
      [away(waits, adas), on(waits, adas), away(waits, adas)],
      [[1], [1], [1]],
    ],
    ['it may not stay, whoever has it then', [away(waits, adas), away(waits, bobs)], [[1], []]],
    ['somebody has it, which its run finds', Array(2).fill(away(waits, bobs)), [[1], []]],
    [
      'it may not stay, and has its slot before it is told',
      [away(runs, { ...adas, status: 'working' })],
      [[]],
    ],
    ['parked after a circle of hand-offs', Array(4).fill(on(parked, bobs)), [[1], [], [], []]],
    ['another agent, and yet another', [on(parked, bobs), on(parked, { assignedTo: 'eve' })], [[1], [1]]],
    ['given away and back', [on(parked, bobs), on(parked, adas), on(parked, adas)], [[1], [1], []]],
    ['its goose runs', [on(runs, { ...bobs, status: 'working' })], [[]]],
    ['gone while it is parked', [gone(parked), gone(parked), gone(parked, true)], [[1], [], []]],
    ['gone while it backs off', [gone(backsOff), gone(backsOff)], [[1], []]],
    ['gone while it is active: by full looks', [gone(waits), gone(waits, true)], [[], [1]]],
    [
      'and the looks in between know nothing',
      [gone(waits, true), gone(waits), gone(waits, true)],
      [[1], [], []],
    ],
    ['TinyTask was reset', [reset(false), reset(true), reset(false), reset(true)], [[], [1], [], []]],
    [
      'another run of the task',
      [on(parked, bobs), { tasks: [taskOf(1, bobs)], runs: [] }, on(parked, bobs)],
      [[1], [], [1]],
    ],
  ])('%s', (_what, looks, expected) => expect(tellings(...looks)).toEqual(expected));
});

test('2,500 are told in parts, each once', () => {
  const many = Array.from({ length: 2_500 }, (_, at) => runOf(at + 1, 'ada', 'parked'));
  const seen: number[] = [];
  let toldChanges: ToldChanges = {};
  for (let more = true; more; ) {
    const found = changedTasks([], many, { full: false, misplaced: NONE, toldChanges, most: 200 });
    expect(found.changed.length).toBeLessThanOrEqual(200);
    seen.push(...found.changed);
    ({ toldChanges, more } = found);
  }
  expect(seen).toEqual(many.map(({ taskId }) => taskId));
});

test('what it remembers goes with the runs', () => {
  const first = changedTasks([], [parked], { full: false, misplaced: NONE, toldChanges: {}, most: 1 });
  expect(Object.keys(first.toldChanges)).toEqual(['1']);
  expect(
    changedTasks([], [], { full: false, misplaced: NONE, toldChanges: first.toldChanges, most: 1 })
      .toldChanges,
  ).toEqual({});
});

test('those that may not stay in line count among those that are told in one go', () => {
  const lined = [1, 2, 3].map((id) => lineRunOf(id));
  const tasks = lined.map(({ taskId }) => taskOf(taskId));
  const misplaced = new Set([1, 2, 3]);
  const first = changedTasks(tasks, lined, { full: false, misplaced, toldChanges: {}, most: 2 });
  expect(first).toMatchObject({ changed: [1, 2], more: true });
  const then = changedTasks(tasks, lined, {
    full: false,
    misplaced,
    toldChanges: first.toldChanges,
    most: 2,
  });
  expect(then).toMatchObject({ changed: [3], more: false });
});

import { expect, test } from 'vitest';
import { knownOfTasks, scheduledOf } from '../../../client/report/scheduled.ts';
import { workloadOf } from '../../../client/report/workload.ts';
import type { RunLine, RunState, Status } from '../../../contract/status.ts';
import { NOW_MS, taskOf } from '../../support/tasks.ts';

const agent = (name: string, queue: string | null, limit: number, held: number) =>
  ({ name, queue, limit, held }) as Status['agents'][number];
const run = (taskId: number, state: RunState, more: Partial<RunLine> = {}) =>
  ({ taskId, state, queue: 'dev', agent: 'ada', ...more }) as RunLine;

const STATUS: Status = {
  ...{ scheduler: 'running', exists: true, paused: false, enabled: true, daemon: '1@here' },
  agents: [agent('ada', 'dev', 2, 1), agent('bob', 'dev', 1, 0), agent('cy', null, 1, 0)],
  running: [run(1, 'running')],
  interrupted: [],
  queued: [
    run(2, 'waiting-for-slot', { waits: { reason: { why: 'slot-due' } } }),
    run(7, 'waiting-for-host'),
  ],
  backingOff: [run(3, 'backing-off')],
  parked: [run(4, 'parked')],
  waiting: [
    { taskId: 5, queue: 'dev', reason: { why: 'blocked', by: 1 }, still: { why: 'unassigned' } },
    { taskId: 6, queue: null, reason: { why: 'unassigned' } },
  ],
  lastPass: null,
  problems: [],
};
const TASKS = [1, 2, 3, 4, 5, 7].map((id) => taskOf(id, { queue: 'dev' }));
const ALL = [...TASKS, taskOf(6), taskOf(8, { queue: 'qa', assignedTo: 'eve' })];

const scheduledIn = (reported: typeof ALL) =>
  scheduledOf(STATUS, ALL, workloadOf(reported, knownOfTasks(STATUS), NOW_MS).tasks);

test('what keeps a task, by its run or without one', () => {
  const known = knownOfTasks(STATUS);
  expect(
    [1, 2, 3, 4, 5, 6, 7, 8].map((id) => [known.get(id)?.phase, known.get(id)?.waits?.reason.why]),
  ).toEqual([
    ['running', undefined],
    ['waiting-for-slot', 'slot-due'],
    ['backing-off', 'backing-off'],
    ['parked', 'parked'],
    [undefined, 'blocked'],
    [undefined, 'unassigned'],
    ['waiting-for-host', undefined],
    [undefined, undefined],
  ]);
});

test('pools, with queues that nobody serves and agents without one', () => {
  expect(scheduledIn(ALL).pools).toEqual([
    { queue: 'dev', agents: 2, slots: 3, held: 1, tasks: 6, inLine: 1, unassigned: 6, blocked: 1 },
    { queue: 'qa', agents: 0, slots: 0, held: 0, tasks: 1, inLine: 0, unassigned: 0, blocked: 0 },
    { queue: null, agents: 1, slots: 1, held: 0, tasks: 1, inLine: 0, unassigned: 1, blocked: 0 },
  ]);
});

test('phases and reasons are those of the tasks of the report, pools are whole', () => {
  const { phases, reasons } = scheduledIn(ALL);
  expect(phases[0]).toEqual({ phase: 'no-run', tasks: 3 });
  expect(phases).toHaveLength(6);
  expect(reasons.map(({ why }) => why)).toEqual([
    'backing-off',
    'blocked',
    'parked',
    'slot-due',
    'unassigned',
  ]);
  const few = scheduledIn([taskOf(4), taskOf(9, { status: 'complete' })]);
  expect(few.phases).toEqual([{ phase: 'parked', tasks: 1 }]);
  expect(few.reasons).toEqual([{ why: 'parked', tasks: 1 }]);
  expect(few.pools).toEqual(scheduledIn(ALL).pools);
});

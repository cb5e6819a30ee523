import { expect, test } from 'vitest';
import { rankOfTask } from '../support/tasks.ts';
import { IDLE_MS, idleBesideWork, type PoolLook, type PoolStatus } from './observer/idle-rule.ts';

const AT_MS = 1_000_000;
const NEXT_MS = AT_MS + IDLE_MS;

const agent = (name: string, change = {}) => ({
  ...{
    name,
    limit: 1,
    limitByHand: null,
    paused: false,
    health: { state: 'well' as const },
    quiet: false,
  },
  ...change,
});
const run = (task: number, runId = 'r1') => ({ workflowId: `task-${task}`, runId });
const holds = (of: string, task: number, runId?: string) => ({ ...run(task, runId), agent: of });
const dies = (of: string, task: number, freeAtMs: number, runId?: string) => ({
  ...run(task, runId),
  agent: of,
  freeAtMs,
});
const waits = (task: number, wants: string | null = null) => ({
  ...{ ...run(task), rank: rankOfTask(task), wants },
});
/** Lower ids go first. */
const comes = (task: number, untilMs: number, wants: string | null = null) => ({
  ...{ rank: rankOfTask(task), wants, untilMs },
});

/** ada works on task 1, bob on nothing, and task 2 is in line for whoever is free. */
const IDLE: PoolStatus = {
  agents: [agent('ada'), agent('bob')],
  holders: [holds('ada', 1)],
  waiters: [waits(2)],
  expected: [],
  dying: [],
  paused: false,
  schedulerPaused: false,
};
const look = (atMs: number, change: Partial<PoolStatus> = {}, servedBy = '11 12'): PoolLook => ({
  atMs,
  servedBy,
  status: { ...IDLE, ...change },
});
const bobOn2 = [{ agent: 'bob', waiter: run(2) }];
const nobody: typeof bobOn2 = [];

const both: [string, Partial<PoolStatus>, typeof bobOn2][] = [
  ['one is free, and a task of the pool is in line', {}, bobOn2],
  ['the task asks for the free one', { waiters: [waits(2, 'bob')] }, bobOn2],
  ['the task asks for the busy one', { waiters: [waits(2, 'ada')] }, nobody],
  [
    'a better-ranked task asks for the busy one, and another for nobody',
    { waiters: [waits(3, 'ada'), waits(2)] },
    bobOn2,
  ],
  ['nobody is in line', { waiters: [] }, nobody],
  ['both are busy', { holders: [holds('ada', 1), holds('bob', 3)] }, nobody],
  [
    'one has a slot left by hand',
    { holders: [holds('ada', 1), holds('bob', 3)], agents: [agent('ada'), agent('bob', { limitByHand: 2 })] },
    bobOn2,
  ],
  ['by hand it has no slots', { agents: [agent('ada'), agent('bob', { limitByHand: 0 })] }, nobody],
  ['it is paused', { agents: [agent('ada'), agent('bob', { paused: true })] }, nobody],
  ['the pool is paused', { paused: true }, nobody],
  ['the scheduler is paused', { schedulerPaused: true }, nobody],
  ['it cools down', { agents: [agent('ada'), agent('bob', { health: { state: 'cooling-down' } })] }, nobody],
  [
    'it is misconfigured',
    { agents: [agent('ada'), agent('bob', { health: { state: 'misconfigured' } })] },
    nobody,
  ],
  ['it is quiet until the second look', { agents: [agent('ada'), agent('bob', { quiet: true })] }, nobody],
  ['it is not in the configuration', { agents: [agent('ada'), agent('bob', { limit: null })] }, nobody],
  ['its slot is dying', { dying: [dies('bob', 3, NEXT_MS + 1)] }, nobody],
  ['the slot of the other one is dying', { holders: [], dying: [dies('ada', 1, NEXT_MS + 1)] }, bobOn2],
  ['its dying slot was due before the first look', { dying: [dies('bob', 3, AT_MS)] }, bobOn2],
  ['its dying slot is due between the looks', { dying: [dies('bob', 3, AT_MS + 1)] }, nobody],
  ['a better-ranked run is expected', { expected: [comes(1, NEXT_MS + 1)] }, nobody],
  ['one is expected that may take the busy one only', { expected: [comes(1, NEXT_MS + 1, 'ada')] }, bobOn2],
  ['a worse-ranked run is expected', { expected: [comes(3, NEXT_MS + 1)] }, bobOn2],
  ['a better-ranked run was expected until the first look', { expected: [comes(1, AT_MS)] }, bobOn2],
  ['a better-ranked run is expected until between the looks', { expected: [comes(1, NEXT_MS)] }, nobody],
  ['the run before of the same task holds a slot', { holders: [holds('ada', 2, 'r0')] }, nobody],
  [
    'the slot of the run before of the same task is dying',
    { dying: [dies('ada', 2, NEXT_MS + 1, 'r0')] },
    nobody,
  ],
];

test.each(both)('at both looks %s', (_, status, idle) => {
  expect(idleBesideWork(look(AT_MS, status), look(NEXT_MS, status))).toEqual(idle);
});

const looks: [string, PoolLook, PoolLook, typeof bobOn2][] = [
  ['are too close', look(AT_MS), look(NEXT_MS - 1), nobody],
  ['are further apart', look(AT_MS), look(NEXT_MS + 5_000), bobOn2],
  ['have another worker between them', look(AT_MS), look(NEXT_MS, {}, '11 13'), nobody],
  ['had no worker', look(AT_MS, {}, ''), look(NEXT_MS, {}, ''), nobody],
  ['show another run in line', look(AT_MS, { waiters: [waits(7)] }), look(NEXT_MS), nobody],
  [
    'show the task in line with another run of it',
    look(AT_MS, { waiters: [{ ...waits(2), runId: 'r2' }] }),
    look(NEXT_MS),
    nobody,
  ],
  ['show another one idle', look(AT_MS, { holders: [holds('bob', 1)] }), look(NEXT_MS), nobody],
];

test.each(looks)('two looks that %s', (_, before, now, idle) => {
  expect(idleBesideWork(before, now)).toEqual(idle);
});

test('every free agent and every run that it may take is told', () => {
  const status = { holders: [], waiters: [waits(2), waits(3, 'ada')] };
  expect(idleBesideWork(look(AT_MS, status), look(NEXT_MS, status))).toEqual([
    { agent: 'ada', waiter: run(2) },
    { agent: 'ada', waiter: run(3) },
    { agent: 'bob', waiter: run(2) },
  ]);
});

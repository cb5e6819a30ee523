import { describe, expect, test } from 'vitest';
import { checked } from '../../client/check.ts';
import { checkJson } from '../../client/json/check.ts';
import type { CheckAsked } from '../../contract/check.ts';
import { SchedulerError } from '../../contract/errors.ts';
import type { PoolStatus } from '../../contract/listings.ts';
import type { AgentStatus, RunLine, Status } from '../../contract/status.ts';
import { WELL } from '../../domain/slots/health.ts';
import { sayAlert } from '../../words/alert.ts';
import { NOW_MS } from '../support/tasks.ts';

const MINUTE_MS = 60_000;

function agentOf(name: string, change: Partial<AgentStatus> = {}): AgentStatus {
  return {
    ...{ name, queue: 'dev', limit: 1, held: 0, waiting: 0, paused: false, poolPaused: false, health: WELL },
    ...change,
  };
}

function poolOf(queue: string, change: Partial<PoolStatus> = {}): PoolStatus {
  return {
    ...{ queue, agents: ['ada'], held: 0, limit: 1, paused: false, line: 0 },
    ...{ waiting: 0, unassigned: 0, blocked: 0, oldest: null, arrived: null, ended: null },
    ...change,
  };
}

const lineOf = (taskId: number) => ({ taskId }) as RunLine;
const passOf = (atMs: number) => ({ atMs }) as Status['lastPass'];

const WELL_STATUS: Status = {
  ...{ scheduler: 'running', exists: true, paused: false, enabled: true, daemon: '1@here' },
  ...{ agents: [agentOf('ada')], running: [], interrupted: [], queued: [], backingOff: [], parked: [] },
  ...{ waiting: [], lastPass: passOf(NOW_MS - 1_000), problems: [] },
};

interface Case {
  status?: Partial<Status>;
  pools?: PoolStatus[];
  placeless?: number;
  asked?: CheckAsked;
}

function said({ status = {}, pools = [poolOf('dev')], placeless = 0, asked = {} }: Case): string[] {
  const times = { lateMs: 3 * MINUTE_MS, nowMs: NOW_MS };
  const found = checked({ ...WELL_STATUS, ...status }, { pools, placeless }, { ...asked, ...times });
  return found.alerts.map((alert) => sayAlert(alert, NOW_MS));
}

const trouble = { problem: 'did-not-fire', dueMs: NOW_MS } as const;
const cooling = { state: 'cooling-down', reason: 'no credits', untilMs: NOW_MS, times: 1 } as const;
const waits = [
  poolOf('dev', { waiting: 4, blocked: 1, line: 2, oldest: { taskId: 7, addedMs: NOW_MS - 61 * MINUTE_MS } }),
];

describe('an alert', () => {
  test.each<[string, Case, string]>([
    ['paused', { status: { scheduler: 'paused', paused: true } }, 'Scheduler: paused: nothing starts'],
    [
      'no daemon',
      { status: { scheduler: 'no-daemon', daemon: null } },
      'Scheduler: no daemon: nothing starts',
    ],
    ['no pass', { status: { lastPass: passOf(NOW_MS - 4 * MINUTE_MS) } }, 'The last pass is 4 min ago'],
    [
      'a problem',
      { status: { problems: [{ what: 'warning', text: 'the file is broken' }] } },
      'the file is broken',
    ],
    [
      'an unwell agent',
      { status: { agents: [agentOf('ada', { health: cooling })] } },
      'Agent ada is given nothing',
    ],
    [
      'a paused agent',
      { status: { agents: [agentOf('ada', { paused: true })] } },
      'Agent ada is given nothing: paused.',
    ],
    [
      'a queue without an agent',
      { pools: [poolOf('dve', { agents: [], waiting: 2 })] },
      '2 tasks wait in queue "dve"',
    ],
    [
      'a schedule in trouble',
      { status: { problems: [{ what: 'schedule', schedule: 'nightly', trouble }] } },
      'Schedule nightly did not fire',
    ],
    [
      'more of them',
      { status: { problems: [{ what: 'more-schedules', count: 3 }] } },
      '3 more schedules are in trouble',
    ],
    ['neither queue nor agent', { placeless: 1 }, '1 task waits with neither a queue nor an agent.'],
    [
      'parked',
      { status: { parked: [lineOf(3), lineOf(4)] } },
      'Parked until `tinyscheduler retry`: tasks 3, 4.',
    ],
    ['a lost host', { status: { interrupted: [lineOf(3)] } }, 'The goose host is gone of task 3.'],
    ['depth', { pools: waits, asked: { mostWaiting: 4 } }, '5 tasks wait in pool dev, more than 4.'],
    [
      'age',
      { pools: waits, asked: { oldestMs: 60 * MINUTE_MS } },
      'In pool dev task 7 waits, added 1 h 1 min ago',
    ],
  ])('%s', (_, given, says) => {
    expect(said(given)).toEqual([expect.stringContaining(says)]);
  });
});

describe('no alert', () => {
  test.each<[string, Case]>([
    ['all is well', {}],
    ['nobody said how many may wait', { pools: waits }],
    ['as many as may wait, the blocked one not counted', { pools: waits, asked: { mostWaiting: 5 } }],
    ['not yet so old', { pools: waits, asked: { oldestMs: 61 * MINUTE_MS } }],
    ['another pool is meant', { pools: [...waits, poolOf('qa')], asked: { mostWaiting: 0, pool: 'qa' } }],
    [
      'only blocked tasks in a queue without an agent',
      { pools: [poolOf('x', { agents: [], waiting: 1, blocked: 1 })] },
    ],
    ['TinyTask does not tell', { pools: [poolOf('x', { agents: [], waiting: null, blocked: null })] }],
    ['an agent that leaves', { status: { agents: [agentOf('ada', { leaving: true, limit: 0 })] } }],
    [
      'cron makes the passes',
      { status: { scheduler: 'no-daemon', daemon: null, lastPass: null }, asked: { withoutDaemon: true } },
    ],
    ['a daemon that has only just begun', { status: { lastPass: null } }],
  ])('%s', (_, given) => {
    expect(said(given)).toEqual([]);
  });
});

test('what is wrong with a schedule is in the code of the alert', () => {
  const problems = [{ what: 'schedule', schedule: 'nightly', trouble } as const];
  const times = { lateMs: MINUTE_MS, nowMs: NOW_MS };
  const found = checked({ ...WELL_STATUS, problems }, { pools: [], placeless: 0 }, times);
  expect(checkJson(found, NOW_MS).alerts).toMatchObject([
    { code: 'schedule-did-not-fire', schedule: 'nightly' },
  ]);
});

test('a pool that is off is told once, and its agents not each', () => {
  const agents = ['ada', 'bob'].map((name) => agentOf(name, { poolPaused: true, paused: true }));
  expect(said({ status: { agents } })).toEqual(['Nothing starts in pool dev: its queue is paused.']);
});

test('a pool that there is not is refused', () => {
  expect(() => said({ asked: { pool: 'dve' } })).toThrow(SchedulerError);
});

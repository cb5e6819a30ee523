import { describe, expect, test } from 'vitest';
import { TASK_PHASES } from '../../contract/listings.ts';
import type { AgentStatus } from '../../contract/status.ts';
import type { BudgetLine } from '../../domain/plan/agent-line.ts';
import type { MetricName } from '../../metrics/catalog.ts';
import { REASONS } from '../../metrics/closed-sets.ts';
import { type Figure, textOf } from '../../metrics/exposition.ts';
import { figuresOf } from '../../metrics/of-look.ts';
import { agentOf, lookOf, openTaskOf } from '../support/api-stand.ts';

/** Values of one metric by their labels, without what is 0. */
function values(figures: readonly Figure[], name: MetricName): Record<string, number> {
  const found = figures.filter((figure) => figure.name === name && figure.value !== 0);
  return Object.fromEntries(found.map(({ labels = {}, value }) => [Object.values(labels).join(' '), value]));
}

const day = { day: '2026-11-26', endsMs: 1, unknownAttempts: 0, unreserved: 0 };
const budget = (used: number, more: Partial<BudgetLine> = {}): BudgetLine => ({
  ...{ tokensPerDay: 1_000, timeZone: 'UTC' },
  today: { ...day, used, unknown: 100, reserved: 50 },
  ...more,
});
const COOLING = { state: 'cooling-down', reason: 'secret words', untilMs: 1, times: 2 } as const;
const HOLD = { reason: 'secret words', taken: 2, sinceMs: 0, untilMs: 1 };

describe('slots that could be given', () => {
  const free = (...agents: AgentStatus[]) =>
    values(figuresOf(lookOf({ status: { agents } })), 'tinyscheduler_slots_free');
  const ada = (change: Partial<AgentStatus> = {}) => agentOf('ada', { limit: 3, held: 1, ...change });
  test.each<[string, Partial<AgentStatus>, number | undefined]>([
    ['of an agent that is well', {}, 2],
    ['a limit that was lowered below what it has', { limit: 1, held: 2 }, undefined],
    ['paused', { paused: true }, undefined],
    ['with its pool', { poolPaused: true }, undefined],
    ['stopped', { stopped: true }, undefined],
    ['stopped with its pool', { poolStopped: true }, undefined],
    ['held', { poolHold: HOLD }, undefined],
    ['leaving', { leaving: true }, undefined],
    ['unwell', { health: COOLING }, undefined],
    ['of a budget that is used up', { budget: budget(900) }, undefined],
    ['of a pool whose budget is used up', { poolBudget: budget(850) }, undefined],
    ['of a budget of which something is left', { budget: budget(800) }, 2],
  ])('%s', (_, change, dev) => expect(free(ada(change)).dev).toBe(dev));

  test('several agents of a pool, and one without', () =>
    expect(free(ada(), agentOf('bob', { limit: 4 }), agentOf('eve', { queue: null }))).toEqual({
      dev: 6,
      '': 1,
    }));

  test.each(['paused', 'disabled', 'agents-stopped'] as const)(
    'none while the scheduler is %s',
    (scheduler) => {
      const figures = figuresOf(lookOf({ status: { agents: [ada()], scheduler } }));
      expect(values(figures, 'tinyscheduler_slots_free')).toEqual({});
    },
  );
});

describe('tasks', () => {
  const AT_MS = 1_790_000_100_000;
  const of = (name: MetricName, ...tasks: ReturnType<typeof openTaskOf>[]) =>
    values(figuresOf({ ...lookOf({ tasks }), atMs: AT_MS }), name);
  const waits = (reason: NonNullable<ReturnType<typeof openTaskOf>['waits']>['reason']) => ({
    waits: { reason },
  });
  const STARTING = waits({ why: 'starting', agent: null, queue: 'dev' });
  const FULL = waits({ why: 'pool-full', queue: 'dev', used: 1, limit: 1 });
  const BLOCKED = { phase: 'blocked', ...waits({ why: 'blocked', by: 9 }) } as const;
  const UNSERVED = { queue: 'x', pool: 'x', ...waits({ why: 'no-agent-for-queue', queue: 'x' }) } as const;
  const RUNNING = { phase: 'running', waits: null } as const;
  const IN_LINE = { phase: 'waiting-for-slot' } as const;

  test('by phase and by reason', () => {
    const all = [{}, STARTING, FULL, BLOCKED, RUNNING, IN_LINE, UNSERVED].map((change, at) =>
      openTaskOf(at + 1, change),
    );
    expect(of('tinyscheduler_tasks', ...all)).toEqual({
      waiting: 4,
      blocked: 1,
      running: 1,
      'waiting-for-slot': 1,
    });
    expect(of('tinyscheduler_waiting_tasks', ...all)).toEqual({
      ...{ 'slot-due': 2, starting: 1, 'pool-full': 1, blocked: 1, 'no-agent-for-queue': 1 },
    });
  });

  test('ready are those that wait for no other task; a queue that nobody serves has no series of its own', () => {
    const all = [{}, FULL, BLOCKED, RUNNING, IN_LINE, UNSERVED].map((change, at) =>
      openTaskOf(at + 1, change),
    );
    expect(of('tinyscheduler_ready_tasks', ...all)).toEqual({ dev: 3, '': 1 });
    expect(of('tinyscheduler_startable_tasks', ...all)).toEqual({ dev: 2 });
  });

  test('the age is that of the oldest that is ready, and one that nobody knows counts for none', () => {
    const older = { addedMs: AT_MS - 500_000 };
    const all = [{}, { ...older, ...BLOCKED }, { addedMs: AT_MS - 300_000 }, { addedMs: null }];
    const ages = of(
      'tinyscheduler_oldest_ready_task_age_seconds',
      ...all.map((each, at) => openTaskOf(at + 1, each)),
    );
    expect(ages).toEqual({ dev: 300 });
  });

  test('each phase and each reason has a value, also where it is 0', () => {
    const names = figuresOf(lookOf()).map(({ name }) => name);
    const times = (name: MetricName) => names.filter((each) => each === name).length;
    expect(times('tinyscheduler_tasks')).toBe(TASK_PHASES.length);
    expect(times('tinyscheduler_waiting_tasks')).toBe(REASONS.length);
  });

  test('nothing of tasks is told while TinyTask does not tell', () => {
    const names = figuresOf(lookOf({ tasks: null })).map(({ name }) => name);
    expect(names.filter((name) => /task/.test(name))).toEqual([]);
    expect(names).toContain('tinyscheduler_slots_limit');
  });
});

test('budgets: with what is reserved and what is not known; nothing where nobody has told, or there is none', () => {
  const agents = [
    agentOf('ada', { budget: budget(200), poolBudget: budget(2_000) }),
    agentOf('bob', { budget: budget(0, { today: null }) }),
    agentOf('eve', { queue: 'qa' }),
  ];
  const figures = figuresOf(lookOf({ status: { agents } }));
  const names = figures.filter(({ name }) => name.includes('budget'));
  expect(names.map(({ name, labels, value }) => [name, labels, value])).toEqual([
    ['tinyscheduler_agent_budget_used_tokens', { agent: 'ada' }, 350],
    ['tinyscheduler_agent_budget_left_tokens', { agent: 'ada' }, 650],
  ]);
});

test('a pool tells of its budget once, below 0 where more was taken', () => {
  const agents = ['ada', 'bob'].map((name) => agentOf(name, { poolBudget: budget(2_000) }));
  const figures = figuresOf(lookOf({ status: { agents } }));
  expect(values(figures, 'tinyscheduler_pool_budget_used_tokens')).toEqual({ dev: 2_150 });
  expect(values(figures, 'tinyscheduler_pool_budget_left_tokens')).toEqual({ dev: -1_150 });
});

test('health, holds and troubles of schedules', () => {
  const trouble = (problem: 'missed' | 'did-not-fire') => ({
    ...({ what: 'schedule', schedule: 'nightly' } as const),
    trouble: problem === 'missed' ? { problem, count: 3, newestMs: 0 } : { problem, dueMs: 0 },
  });
  const figures = figuresOf(
    lookOf({
      status: {
        agents: [agentOf('ada', { health: COOLING, poolHold: HOLD }), agentOf('bob')],
        problems: [
          trouble('missed'),
          trouble('missed'),
          trouble('did-not-fire'),
          { what: 'more-schedules', count: 7 },
        ],
      },
    }),
  );
  expect(values(figures, 'tinyscheduler_agent_unwell')).toEqual({ 'ada cooling-down': 1 });
  expect(values(figures, 'tinyscheduler_schedule_troubles')).toEqual({
    missed: 2,
    'did-not-fire': 1,
    'not-read': 7,
  });
});

test.each([
  [{}, { enabled: 1, watched: 1 }],
  [{ paused: true, stopped: true } as const, { enabled: 1, watched: 1, paused: 1, stopped: 1 }],
  [{ enabled: false, daemon: null }, {}],
])('the switches of %j', (status, expected) => {
  const figures = figuresOf(lookOf({ status }));
  const told = ['enabled', 'paused', 'stopped', 'watched'].map((word) => {
    const [found] = figures.filter(({ name }) => name === `tinyscheduler_${word}`);
    return [word, found?.value];
  });
  expect(Object.fromEntries(told.filter(([, value]) => value !== 0))).toEqual(expected);
});

test('the last pass, and nothing where there was none', async () => {
  expect(await textOf(figuresOf(lookOf()))).not.toContain('last_pass');
  const lastPass = { atMs: 1_790_000_000_500 } as never;
  const text = await textOf(figuresOf(lookOf({ status: { lastPass } })));
  expect(text).toContain('\ntinyscheduler_last_pass_timestamp_seconds 1790000000.5\n');
});

test('no title and no reason of anybody is in it', async () => {
  const tasks = [openTaskOf(7_777, { title: 'secret words', agent: 'secret words' })];
  const agents = [agentOf('ada', { health: COOLING, poolHold: HOLD })];
  const text = await textOf(figuresOf(lookOf({ status: { agents }, tasks })));
  expect(text).not.toMatch(/secret|7777/);
});

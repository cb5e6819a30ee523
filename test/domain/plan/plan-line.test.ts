import { describe, expect, test } from 'vitest';
import type { OpenRun } from '../../../domain/plan/input.ts';
import { changedOrder, type Ranks } from '../../../domain/plan/line-order.ts';
import { plan } from '../../../domain/plan/plan.ts';
import type { Health } from '../../../domain/slots/health.ts';
import type { Task } from '../../../domain/task.ts';
import { checkPlans, type PlanRow } from '../../support/plan-rows.ts';
import {
  agentOf,
  atWork,
  lineRunOf,
  NOW_MS,
  type PlanDraft,
  planInput,
  planOf,
  rankOfTask,
  taskOf,
} from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const ada = { assignedTo: 'ada' };
const agents = [agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'dev'), agentOf('cy', 3, 'qa')];
const forAda = lineRunOf(1, { wants: 'ada' });
const sick: Health = { state: 'cooling-down', reason: 'quota', untilMs: NOW_MS + 1, times: 1 };
const both = { tasks: [...atWork('ada', 8).tasks, ...atWork('bob', 9).tasks] };
const bothRuns = [...atWork('ada', 8).openRuns, ...atWork('bob', 9).openRuns];

describe('why a run is in line', () => {
  const row = (name: string, run: OpenRun, why: string, change: Partial<PlanDraft> = {}): PlanRow => {
    const { tasks = [], openRuns = [], ...rest } = change;
    const task = taskOf(1, run.wants === null ? dev : { ...dev, assignedTo: run.wants });
    const input = { agents, ...rest, tasks: [task, ...tasks], openRuns: [run, ...openRuns] };
    return [name, input, [], {}, { inLine: { 1: why } }];
  };
  checkPlans([
    row('a slot is free', lineRunOf(1), 'slot-due'),
    row('a slot of its agent is free', forAda, 'slot-due'),
    row('of all agents none is free', lineRunOf(1), 'pool-full', { ...both, openRuns: bothRuns }),
    row('another of the pool is free', lineRunOf(1), 'slot-due', atWork('ada', 8)),
    row('its agent is not, though another of the pool is', forAda, 'agent-full', atWork('ada', 8)),
    row('its agent is paused', forAda, 'agent-paused', { pausedAgents: ['ada'] }),
    row('its slots are not known yet', forAda, 'agent-quiet', { quietAgents: ['ada'] }),
    row('another one is paused', forAda, 'slot-due', { pausedAgents: ['bob'] }),
    row('one of the pool is paused', lineRunOf(1), 'slot-due', { pausedAgents: ['ada'] }),
    row('all of them are paused', lineRunOf(1), 'pool-unavailable', { pausedAgents: ['ada', 'bob'] }),
    row('the pool is paused', lineRunOf(1), 'pool-paused', { pausedPools: ['dev'] }),
    row('the pool of its agent is paused', forAda, 'pool-paused', { pausedPools: ['dev'] }),
    row('another pool is paused', lineRunOf(1), 'slot-due', { pausedPools: ['qa'] }),
    row('its agent cools down', forAda, 'agent-cooling-down', { health: { ada: sick } }),
    row('one of the pool cools down', lineRunOf(1), 'slot-due', { health: { ada: sick } }),
    row('one cools down, and the other is full', lineRunOf(1), 'pool-full', {
      health: { ada: sick },
      ...atWork('bob', 9),
    }),
    row('its agent has no slots any more', forAda, 'limit-zero', { agents: [agentOf('ada', 0, 'dev')] }),
    row('the scheduler is paused', lineRunOf(1), 'scheduler-paused', { paused: true }),
    row('the scheduler is disabled', forAda, 'scheduler-disabled', { enabled: false }),
  ]);

  test('with figures that count those before it', () => {
    const { inLine } = plan(
      planInput({
        agents,
        tasks: [taskOf(1, dev), taskOf(2, dev), taskOf(3, { ...dev, ...ada }), taskOf(4, dev)],
        openRuns: [lineRunOf(1), lineRunOf(2), lineRunOf(3, { wants: 'ada' }), lineRunOf(4)],
      }),
    );
    expect(inLine.map(({ taskId, reason }) => [taskId, reason])).toEqual([
      [1, { why: 'slot-due' }],
      [2, { why: 'slot-due' }],
      [3, { why: 'agent-full', agent: 'ada', used: 1, held: 0, limit: 1 }],
      [4, { why: 'pool-full', queue: 'dev', used: 3, held: 0, limit: 2 }],
    ]);
  });

  test('agents that a probe is due of count as one slot each, as the semaphore gives them', () => {
    const due: Health = { ...sick, untilMs: NOW_MS };
    const { inLine } = planOf({
      agents: [agentOf('ada', 1, 'dev'), agentOf('bob', 3, 'dev')],
      health: { ada: due, bob: due },
      tasks: [taskOf(1, dev), taskOf(2, { ...dev, assignedTo: 'bob' }), taskOf(3, dev)],
      openRuns: [lineRunOf(1), lineRunOf(2, { wants: 'bob' }), lineRunOf(3)],
    });
    expect(inLine).toEqual({ 1: 'slot-due', 2: 'slot-due', 3: 'pool-unavailable' });
  });

  test('a full agent that a probe is due of is not said to be probed', () => {
    const { tasks, openRuns } = atWork('ada', 8);
    const { inLine } = planOf({
      agents,
      health: { ada: { ...sick, untilMs: NOW_MS } },
      tasks: [taskOf(1, { ...dev, ...ada }), taskOf(2, { ...dev, ...ada }), ...tasks],
      openRuns: [forAda, lineRunOf(2, { wants: 'ada' }), ...openRuns],
    });
    expect(inLine).toEqual({ 1: 'agent-full', 2: 'agent-full' });
  });
});

describe('a run that may not stay in line', () => {
  const stays = { inLine: { 1: 'slot-due' } };
  const row = (
    name: string,
    run: OpenRun,
    task: Partial<Task>,
    change: Partial<PlanDraft> = {},
    line: PlanRow[4] = { misplaced: [1] },
    others: Record<number, string> = {},
  ): PlanRow => [
    name,
    { agents, ...change, tasks: [taskOf(1, { ...dev, ...task }), ...(change.tasks ?? [])], openRuns: [run] },
    [],
    others,
    line,
  ];
  const parked = { 2: 'unassigned' };
  checkPlans([
    row('as it was', lineRunOf(1), {}, {}, stays),
    row('as it was, of one agent', forAda, ada, {}, stays),
    row(
      'a blocker was added',
      lineRunOf(1),
      { blockedByTaskId: 2 },
      { tasks: [taskOf(2)] },
      { misplaced: [1] },
      parked,
    ),
    row(
      'a blocker was added where blocking is disabled',
      lineRunOf(1),
      { blockedByTaskId: 2 },
      { tasks: [taskOf(2)], blockingDisabled: true },
      stays,
      parked,
    ),
    row('it blocks itself', forAda, { ...ada, blockedByTaskId: 1 }),
    row(
      'a subtask was added',
      forAda,
      ada,
      { tasks: [taskOf(2, { parentTaskId: 1 })] },
      { misplaced: [1] },
      parked,
    ),
    row('its queue is another', lineRunOf(1), { queue: 'qa' }),
    row('it has no queue any more', lineRunOf(1), { queue: null }),
    row('its queue has no agent any more', lineRunOf(1), {}, { agents: [agentOf('cy', 3, 'qa')] }),
    row('its agent left the file', forAda, ada, { agents: [agentOf('bob', 1, 'dev')] }),
    row('its agent moved to another pool', forAda, ada, { agents: [agentOf('ada', 1, 'qa')] }),
    row('its agent has no pool any more', forAda, ada, { agents: [agentOf('ada', 1)] }),
    row('its agent has a pool now', { ...forAda, semaphore: 'agent-ada' }, ada, {
      agents: [agentOf('ada', 1, 'dev')],
    }),
    row(
      'an agent of the pool left, and others are there',
      lineRunOf(1),
      {},
      { agents: [agentOf('bob', 1, 'dev')] },
      stays,
    ),
    row(
      'the task of an agent has another queue: its agent counts',
      forAda,
      { ...ada, queue: 'qa' },
      {},
      stays,
    ),
    row('a person took its agent away', forAda, { assignedTo: null }),
    row('a person took its agent away, and it has no queue', forAda, { assignedTo: null, queue: null }),
    row(
      'a person took its agent away in legacy mode',
      { ...forAda, semaphore: 'agent-ada' },
      { assignedTo: null, queue: null },
      { mode: 'legacy', agents: [agentOf('ada', 1)] },
    ),
    // Its run reads the task, and knows by whose claim it was assigned.
    row('somebody else has it', lineRunOf(1), { assignedTo: 'bob' }, {}, stays),
    row('somebody else has it instead of its agent', forAda, { assignedTo: 'bob' }, {}, stays),
    // What ends by itself keeps nobody's place.
    row('everything is paused', lineRunOf(1), {}, { paused: true }, { inLine: { 1: 'scheduler-paused' } }),
    row('all are paused', lineRunOf(1), {}, { pausedPools: ['dev'] }, { inLine: { 1: 'pool-paused' } }),
    row(
      'its agent is unwell',
      forAda,
      ada,
      { health: { ada: sick } },
      { inLine: { 1: 'agent-cooling-down' } },
    ),
  ]);

  test('takes no place from those behind it', () => {
    const tasks = [taskOf(1, { ...dev, blockedByTaskId: 3, priority: 9 }), taskOf(2, dev), taskOf(3)];
    const one = [agentOf('ada', 1, 'dev')];
    expect(planOf({ tasks, agents: one, openRuns: [lineRunOf(1)] })).toMatchObject({
      starts: ['2 pool-dev'],
      misplaced: [1],
    });
  });

  test('is not looked at while its goose runs, whatever has become of the task', () => {
    const changed = [taskOf(1, { queue: 'qa', assignedTo: 'ada', status: 'working', blockedByTaskId: 2 })];
    expect(planOf({ agents, tasks: changed, openRuns: [lineRunOf(1, { agent: 'ada' })] })).toMatchObject({
      misplaced: [],
      inLine: {},
      waiting: {},
    });
  });
});

describe('the ranks of those in line', () => {
  const line = [taskOf(1, { ...dev, priority: 1 }), taskOf(2, dev), taskOf(3, { ...dev, ...ada })];
  const openRuns = [lineRunOf(1), lineRunOf(2), lineRunOf(3, { wants: 'ada' })];
  const look = (tasks: Task[], known: Ranks, change: Partial<PlanDraft> = {}) =>
    changedOrder(plan(planInput({ agents, tasks, openRuns, ...change })).inLine, known);
  const { ranks: known } = look(line, {});
  const change = (id: number, to: Partial<Task>) =>
    line.map((task) => (task.id === id ? { ...task, ...to } : task));

  test('are told once', () => {
    expect(look(line, {}).order).toEqual({
      'pool-dev': [rankOfTask(1, { priority: 1 }), rankOfTask(2), rankOfTask(3)],
    });
    expect(look(line, known).order).toEqual({});
  });

  test.each<
    [name: string, tasks: Task[], change: Partial<PlanDraft>, order: ReturnType<typeof rankOfTask>[]]
  >([
    ['a priority', change(2, { priority: 5 }), {}, [rankOfTask(2, { priority: 5 })]],
    [
      'a task that waits for it, of whatever queue',
      [...line, taskOf(7, { queue: 'qa', blockedByTaskId: 3 })],
      {},
      [rankOfTask(3, { dependents: 1 })],
    ],
    ['what a person puts first', line, { first: [2] }, [rankOfTask(2, { first: true })]],
    ['a title', change(2, { title: 'other' }), {}, []],
  ])('again when they change: %s', (_, tasks, more, order) => {
    expect(look(tasks, known, more).order).toEqual(order.length === 0 ? {} : { 'pool-dev': order });
  });

  test('also under a pause: they are in line all the same', () => {
    const { order } = look(change(2, { priority: 5 }), known, { paused: true, pausedPools: ['dev'] });
    expect(order).toEqual({ 'pool-dev': [rankOfTask(2, { priority: 5 })] });
  });

  test('in the order in which they would go', () => {
    const { inLine } = plan(planInput({ agents, tasks: change(3, { priority: 7 }), openRuns }));
    expect(inLine.map(({ taskId }) => taskId)).toEqual([3, 1, 2]);
  });
});

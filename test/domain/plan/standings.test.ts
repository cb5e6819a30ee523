import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plan, standingsOf } from '../../../domain/plan/plan.ts';
import type { Health } from '../../../domain/slots/health.ts';
import { isOpen } from '../../../domain/task.ts';
import { anyInput } from '../../support/any-plan.ts';
import {
  agentOf,
  atWork,
  lineRunOf,
  NOW_MS,
  type PlanDraft,
  planInput,
  runOf,
  taskOf,
} from '../../support/tasks.ts';

const unwell: Health = { state: 'misconfigured', reason: 'why', untilMs: NOW_MS + 60_000, times: 1 };
const ada = agentOf('ada', 1, 'dev');
const bob = agentOf('bob', 1, 'dev');
const dev = { queue: 'dev' };
const ofAda = { ...dev, assignedTo: 'ada' };
const busy = atWork('ada', 9);

const ROWS: [name: string, input: Partial<PlanDraft>, reasons: string[]][] = [
  ['it starts', { tasks: [taskOf(1, dev)] }, ['starting']],
  ['it runs, whatever else is so', { paused: true, ...atWork('ada', 1) }, ['running']],
  ['it is in line, and a slot is free', { openRuns: [lineRunOf(1)], tasks: [taskOf(1, dev)] }, ['slot-due']],
  [
    'disabled, paused, blocked, with a subtask, and its agent is paused, unwell and full',
    {
      ...{
        enabled: false,
        paused: true,
        pausedAgents: ['ada'],
        pausedPools: ['dev'],
        health: { ada: unwell },
      },
      openRuns: busy.openRuns,
      tasks: [
        ...busy.tasks,
        taskOf(1, { ...ofAda, blockedByTaskId: 2 }),
        taskOf(2),
        taskOf(3, { parentTaskId: 1 }),
      ],
    },
    [
      ...['blocked', 'open-subtasks', 'scheduler-disabled', 'scheduler-paused', 'pool-paused'],
      ...['agent-paused', 'agent-misconfigured', 'agent-full'],
    ],
  ],
  [
    'parked, and blocked, and nobody serves it',
    {
      openRuns: [runOf(1, 'ada', 'parked')],
      tasks: [taskOf(1, { queue: 'qa', blockedByTaskId: 2 }), taskOf(2)],
    },
    ['parked', 'blocked', 'no-agent-for-queue'],
  ],
  [
    'somebody works on it, and the scheduler is paused',
    { paused: true, tasks: [taskOf(1, { ...dev, status: 'working', assignedTo: 'eve' })] },
    ['working-elsewhere', 'scheduler-paused', 'unknown-agent'],
  ],
  [
    'it is in line, paused, for a pool whose slots are taken',
    { paused: true, openRuns: [...busy.openRuns, lineRunOf(1)], tasks: [...busy.tasks, taskOf(1, dev)] },
    ['scheduler-paused', 'pool-full'],
  ],
  [
    'its pool is paused, and none of its agents could run either',
    { agents: [ada, bob], pausedPools: ['dev'], pausedAgents: ['ada', 'bob'], tasks: [taskOf(1, dev)] },
    ['pool-paused', 'pool-unavailable'],
  ],
  [
    'its pool is paused, one agent has no slots, and the other could run',
    { agents: [agentOf('ada', 0, 'dev'), bob], pausedPools: ['dev'], tasks: [taskOf(1, dev)] },
    ['pool-unavailable', 'pool-paused'],
  ],
  [
    'one more than may start in one go',
    {
      maxStarts: 1,
      agents: [agentOf('ada', 5, 'dev')],
      tasks: [taskOf(1, dev), taskOf(2, { ...dev, priority: 1 })],
    },
    ['starts-limited'],
  ],
];

test.each(ROWS)('all reasons: %s', (_, input, reasons) => {
  const standings = standingsOf(planInput({ agents: [ada], ...input }));
  expect(standings.get(1)?.reasons.map(({ why }) => why)).toEqual(reasons);
});

test('the first reason is the one that the plan decides by, and each open task stands somewhere', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const standings = standingsOf(input);
      const { starts, waiting, inLine, misplaced } = plan(input);
      const open = input.tasks.filter(isOpen).map(({ id }) => id);
      expect([...standings.keys()].sort((a, b) => a - b)).toEqual(open.sort((a, b) => a - b));
      for (const { taskId, reason } of [...waiting, ...inLine])
        expect(standings.get(taskId)?.reasons[0]).toEqual(reason);
      for (const { task } of starts) expect(standings.get(task.id)?.reasons[0]?.why).toBe('starting');
      const ofPlan = new Set([
        ...[...waiting, ...inLine].map(({ taskId }) => taskId),
        ...[...starts.map(({ task }) => task.id), ...misplaced],
      ]);
      for (const { taskId, reasons } of standings.values())
        if (!ofPlan.has(taskId)) expect(reasons.map(({ why }) => why)).toEqual(['running']);
      const order = [...waiting].map(({ taskId }) => taskId);
      const isWaiting = new Set(order);
      expect([...standings.keys()].filter((id) => isWaiting.has(id))).toEqual(order);
    }),
    { numRuns: 500 },
  );
});

test('no reason is told twice', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      for (const { reasons } of standingsOf(input).values()) {
        const whys = reasons.map((reason) => JSON.stringify(reason));
        expect(whys).toEqual([...new Set(whys)]);
      }
    }),
    { numRuns: 500 },
  );
});

test('what keeps a pool from everything is found once, for all of its tasks', () => {
  const agents = [agentOf('ada', 0, 'dev'), agentOf('bob', 0, 'dev')];
  const standings = standingsOf(planInput({ agents, tasks: [taskOf(1, dev), taskOf(2, dev)] }));
  const [first, second] = [standings.get(1), standings.get(2)];
  expect(first?.reasons.map(({ why }) => why)).toEqual(['pool-unavailable']);
  expect(second?.reasons[0]).toBe(first?.reasons[0]);
});

test('what keeps a pool from everything once a task of the plan probes it is told of those after it only', () => {
  const due: Health = { ...unwell, untilMs: NOW_MS - 1 };
  const agents = [ada, agentOf('bob', 0, 'dev')];
  const tasks = [1, 2, 3].map((id) => taskOf(id, dev));
  const standings = standingsOf(planInput({ agents, tasks, health: { ada: due } }));
  expect([...standings.values()].map(({ reasons: [first] }) => first?.why)).toEqual([
    ...['starting', 'pool-unavailable', 'pool-unavailable'],
  ]);
});

test('that a pool is full is found once, when its last place is taken', () => {
  const agents = [agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'dev')];
  const tasks = [1, 2, 3, 4].map((id) => taskOf(id, dev));
  const { starts, waiting } = plan(planInput({ agents, tasks }));
  expect(starts.map(({ task }) => task.id)).toEqual([1, 2]);
  expect(waiting.map(({ taskId }) => taskId)).toEqual([3, 4]);
  const [third, fourth] = waiting.map(({ reason }) => reason);
  expect(third).toEqual({ why: 'pool-full', queue: 'dev', used: 2, held: 0, limit: 2 });
  expect(fourth).toBe(third);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BudgetLine } from '../../../domain/plan/agent-line.ts';
import { around } from '../../../domain/plan/around.ts';
import { plan, standingsOf } from '../../../domain/plan/plan.ts';
import { type SmallestChange, smallestChange } from '../../../domain/plan/smallest-change.ts';
import type { Health } from '../../../domain/slots/health.ts';
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

const untilMs = NOW_MS + 60_000;
const unwell = (state: 'cooling-down' | 'misconfigured'): Health => ({
  state,
  reason: 'why',
  untilMs,
  times: 1,
});
const ada = agentOf('ada', 1, 'dev');
const dev = { queue: 'dev' };
const ofAda = { ...dev, assignedTo: 'ada' };
const busy = atWork('ada', 9);
const slot = { do: 'free-slots', whose: { queue: 'dev' }, count: 1 } as const;
const retry = { do: 'retry', taskId: 1 } as const;
const soon = { do: 'wait', untilMs: null } as const;

const spent: BudgetLine = {
  ...{ tokensPerDay: 100, timeZone: 'UTC' },
  today: {
    ...{ day: '2026-11-26', endsMs: untilMs, used: 90, unknown: 20, unknownAttempts: 1, reserved: 30 },
    unreserved: 0,
  },
};
const orTomorrow = { do: 'wait', untilMs } as const;

const ROWS: [name: string, input: Partial<PlanDraft>, needs: SmallestChange['needs'], isEnough?: boolean][] =
  [
    ['it starts', { tasks: [taskOf(1, dev)] }, []],
    [
      'its budget is used up',
      { budgets: { ada: { budget: spent } }, tasks: [taskOf(1, dev)] },
      [[{ do: 'raise-budget', whose: { agent: 'ada' }, above: 140 }, orTomorrow]],
    ],
    [
      'that of its pool and its own are, and it is paused',
      {
        ...{ budgets: { ada: { budget: spent, poolBudget: spent } }, pausedAgents: ['ada'] },
        tasks: [taskOf(1, ofAda)],
      },
      [
        [{ do: 'resume-agent', agent: 'ada' }],
        [{ do: 'raise-budget', whose: { queue: 'dev' }, above: 140 }, orTomorrow],
        [{ do: 'raise-budget', whose: { agent: 'ada' }, above: 140 }, orTomorrow],
      ],
    ],
    [
      'it was, until its day was over',
      {
        budgets: { ada: { budget: { ...spent, today: spent.today && { ...spent.today, endsMs: NOW_MS } } } },
        tasks: [taskOf(1, dev)],
      },
      [],
    ],
    ['it is next', { openRuns: [lineRunOf(1)], tasks: [taskOf(1, dev)] }, []],
    ['paused', { paused: true, tasks: [taskOf(1, dev)] }, [[{ do: 'resume' }]]],
    [
      'paused and disabled, and so is its agent',
      { enabled: false, paused: true, pausedAgents: ['ada'], tasks: [taskOf(1, dev)] },
      [[{ do: 'enable' }], [{ do: 'resume' }], [{ do: 'resume-agent', agent: 'ada' }]],
    ],
    [
      'its slots are taken by what runs: to be first is no help',
      { openRuns: busy.openRuns, tasks: [...busy.tasks, taskOf(1, dev)] },
      [[slot]],
    ],
    [
      'another is before it: to be first helps',
      { tasks: [taskOf(1, dev), taskOf(2, { ...dev, priority: 9 })] },
      [
        [
          { ...slot, count: 2 },
          { do: 'run-now', taskId: 1 },
        ],
      ],
    ],
    [
      'paused, and before it one for which a task of another queue waits',
      {
        paused: true,
        tasks: [taskOf(1, dev), taskOf(2, dev), taskOf(3, { queue: 'qa', blockedByTaskId: 2 })],
      },
      [
        [{ do: 'resume' }],
        [
          { ...slot, count: 2 },
          { do: 'run-now', taskId: 1 },
        ],
      ],
    ],
    [
      'blocked, and its blocker could go',
      { tasks: [taskOf(1, { ...dev, blockedByTaskId: 2 }), taskOf(2, dev)] },
      [[{ do: 'complete', taskIds: [2] }]],
    ],
    [
      'blocked, at the end of the chain by one that is parked',
      {
        openRuns: [runOf(3, 'ada', 'parked')],
        tasks: [
          taskOf(1, { ...dev, blockedByTaskId: 2 }),
          taskOf(2, { ...dev, blockedByTaskId: 3 }),
          taskOf(3, dev),
        ],
      },
      [
        [
          { do: 'complete', taskIds: [2] },
          { do: 'retry', taskId: 3 },
        ],
      ],
    ],
    [
      'blocked by one that nobody knows',
      { tasks: [taskOf(1, { ...dev, isCurrentlyBlocked: true })] },
      [[{ do: 'unblock', taskId: 1 }]],
    ],
    [
      'in a circle',
      { tasks: [taskOf(1, { ...dev, blockedByTaskId: 2 }), taskOf(2, { ...dev, blockedByTaskId: 1 })] },
      [[{ do: 'unblock', taskId: 1 }]],
    ],
    [
      'subtasks, with the last of which it is complete',
      { paused: true, tasks: [taskOf(1), taskOf(2, { ...dev, parentTaskId: 1 })] },
      [[{ do: 'complete', taskIds: [2] }]],
    ],
    ['parked', { openRuns: [runOf(1, 'ada', 'parked')], tasks: [taskOf(1, dev)] }, [[retry]]],
    [
      'parked, and its agent is busy',
      { openRuns: [...busy.openRuns, runOf(1, 'ada', 'parked')], tasks: [...busy.tasks, taskOf(1, ofAda)] },
      [[retry], [{ ...slot, whose: { agent: 'ada' } }]],
    ],
    ['backing off', { openRuns: [runOf(1, 'ada', 'backing-off')], tasks: [taskOf(1, dev)] }, [[soon, retry]]],
    ['working elsewhere', { tasks: [taskOf(1, { ...ofAda, status: 'working' })] }, [[retry]]],
    [
      'its last run may live',
      { dying: { 1: untilMs }, tasks: [taskOf(1, { ...ofAda, status: 'working' })] },
      [[{ do: 'wait', untilMs }]],
    ],
    [
      'its queue is paused',
      { pausedPools: ['dev'], tasks: [taskOf(1, dev)] },
      [[{ do: 'resume-queue', queue: 'dev' }]],
    ],
    [
      'its agent has no slots',
      { agents: [agentOf('ada', 0, 'dev')], tasks: [taskOf(1, ofAda)] },
      [[{ do: 'give-slots', agent: 'ada' }]],
    ],
    [
      'its agent cools down',
      { health: { ada: unwell('cooling-down') }, tasks: [taskOf(1, dev)] },
      [
        [
          { do: 'wait', untilMs },
          { do: 'resume-agent', agent: 'ada' },
        ],
      ],
    ],
    [
      'its agent is misconfigured',
      { health: { ada: unwell('misconfigured') }, tasks: [taskOf(1, dev)] },
      [[{ do: 'mend-agent', agent: 'ada', reason: 'why' }]],
    ],
    [
      'it is being found out who holds its slots',
      { quietAgents: ['ada'], tasks: [taskOf(1, dev)] },
      [[soon]],
    ],
    [
      'any one of two agents',
      {
        ...{ agents: [ada, agentOf('bob', 0, 'dev')], pausedAgents: ['ada'] },
        tasks: [taskOf(1, dev)],
      },
      [
        [
          { do: 'resume-agent', agent: 'ada' },
          { do: 'give-slots', agent: 'bob' },
        ],
      ],
    ],
    ['neither queue nor agent', { tasks: [taskOf(1)] }, [[{ do: 'give-queue-or-agent', taskId: 1 }]], false],
    [
      'nobody serves it',
      { tasks: [taskOf(1, { queue: 'qa' })] },
      [[{ do: 'add-agent-for-queue', queue: 'qa' }]],
      false,
    ],
    [
      'nobody knows it',
      { tasks: [taskOf(1, { assignedTo: 'eve' })] },
      [[{ do: 'add-agent', agent: 'eve' }]],
      false,
    ],
    ['legacy', { mode: 'legacy', tasks: [taskOf(1, dev)] }, [[{ do: 'write-control-file' }]], false],
  ];

test.each(ROWS)('what would start it: %s', (_, change, needs, isEnough = true) => {
  const input = planInput({ agents: [ada], ...change });
  expect(smallestChange(input, standingsOf(input), 1)).toEqual({ needs, isEnough });
});

test('there is an answer for every task that does not start, and it comes to an end', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const planned = plan(input);
      const standings = standingsOf(input);
      for (const { taskId } of [...planned.waiting, ...planned.inLine]) {
        const { needs, isEnough } = smallestChange(input, standings, taskId);
        expect(needs.length).toBeLessThanOrEqual(8);
        for (const need of needs) expect(need.length).toBeGreaterThan(0);
        if (needs.length === 0) expect(isEnough).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

test('what is around a task decides about it as the whole does', () => {
  fc.assert(
    fc.property(anyInput, (any) => {
      const input = { ...any, maxStarts: 50 };
      const standings = standingsOf(input);
      for (const { id } of input.tasks)
        expect(standingsOf(around(input, id)).get(id)).toEqual(standings.get(id));
    }),
    { numRuns: 200 },
  );
});

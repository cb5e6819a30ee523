import { expect, test } from 'vitest';
import { agentLine, type BudgetLine, forPlanning } from '../../../domain/plan/agent-line.ts';
import { unknownAgent } from '../../../domain/slots/agent-slots.ts';
import { agentOf, lineRunOf, NOW_MS, type PlanDraft, planOf, taskOf } from '../../support/tasks.ts';

const budget = (tokensPerDay: number, used = 0): BudgetLine => ({
  ...{ tokensPerDay, timeZone: 'UTC' },
  today: {
    ...{ day: '2026-11-26', endsMs: NOW_MS + 1, used, unknown: 0, unknownAttempts: 0 },
    ...{ reserved: 0, unreserved: 0 },
  },
});
const [ada, bob] = [agentOf('ada', 3, 'dev'), agentOf('bob', 3, 'dev')];
const dev = [1, 2, 3, 4].map((id) => taskOf(id, { queue: 'dev', priority: 9 - id }));
const ofAda = dev.map((task) => ({ ...task, assignedTo: 'ada' }));
const forty = { tokensPerRun: 40 };

/** How many start, and why the next one does not. */
const ROWS: [name: string, draft: Partial<PlanDraft>, starts: number, next?: string][] = [
  [
    'as many as a budget has something left for',
    { agents: [ada], tasks: dev, budgets: { ada: { ...forty, budget: budget(50) } } },
    ...([2, 'agent-budget'] as const),
  ],
  [
    'all, where nothing is known of what a run takes',
    { agents: [ada], tasks: dev, budgets: { ada: { budget: budget(50) } } },
    ...([3, 'pool-full'] as const),
  ],
  [
    'all that another agent of the pool may take',
    { agents: [ada, bob], tasks: dev, budgets: { ada: { ...forty, budget: budget(50, 50) } } },
    ...([3, 'pool-full'] as const),
  ],
  [
    'as many as the budget of the pool has something left for, whoever takes them',
    {
      ...{ agents: [ada, bob], tasks: dev },
      budgets: { ada: { ...forty, poolBudget: budget(50) }, bob: { ...forty, poolBudget: budget(50) } },
    },
    ...([2, 'pool-budget'] as const),
  ],
  [
    'fewer, where one is in line before them',
    {
      ...{ agents: [ada], tasks: ofAda, openRuns: [lineRunOf(1, { wants: 'ada' })] },
      budgets: { ada: { ...forty, budget: budget(50) } },
    },
    ...([1, 'agent-budget'] as const),
  ],
  [
    'all, when the day is over',
    {
      ...{ agents: [ada], tasks: dev, nowMs: NOW_MS + 1 },
      budgets: { ada: { ...forty, budget: budget(50, 50) } },
    },
    ...([3, 'pool-full'] as const),
  ],
];

test.each(ROWS)('so many start: %s', (_, draft, starts, next) => {
  const plan = planOf(draft);
  expect(plan.starts).toHaveLength(starts);
  expect(Object.values(plan.waiting)[0]).toBe(next);
});

test('what a run takes is known to a plan, and the rest of what a semaphore keeps is not', () => {
  const { today } = budget(50, 10) as BudgetLine & { today: NonNullable<BudgetLine['today']> };
  const took = [
    { recipe: 'a', runs: 1, tokens: 10 },
    { recipe: 'b', runs: 3, tokens: 50 },
  ];
  const tokens = { today, past: [today], open: [], took, settled: [1, 2, 3] };
  const known = { paused: false, agents: [{ ...unknownAgent('ada'), tokens }] };
  const agent = { ...ada, budget: { tokensPerDay: 50, timeZone: 'UTC' } };
  expect(agentLine(agent, known)).toMatchObject({ tokensPerRun: 40, budget: { today: { used: 10 } } });
  const { past: _, ...inPlan } = agentLine(agent, known).budget as BudgetLine;
  expect(agentLine(agent, forPlanning(known))).toMatchObject({ tokensPerRun: 40, budget: inPlan });
  expect(JSON.stringify(forPlanning(known))).not.toContain('[1,2,3]');
  expect(agentLine(ada, known)).not.toHaveProperty('tokensPerRun');
});

import { expect, test } from 'vitest';
import { budgetJson } from '../../client/json/budget.ts';
import type { AgentStatus } from '../../contract/status.ts';
import type { BudgetLine } from '../../domain/plan/agent-line.ts';
import { WELL } from '../../domain/slots/health.ts';
import type { DaySpent } from '../../domain/slots/tokens.ts';
import { sayAgent } from '../../words/agent.ts';
import { sayTokensToday } from '../../words/budget.ts';
import { sayPool } from '../../words/pool.ts';

const ENDS = Date.UTC(2026, 10, 26, 23);
const past = [{ day: '2026-11-25', used: 900, unknown: 10, unknownAttempts: 1 }];

function budget(change: Partial<DaySpent> | null = {}): BudgetLine {
  const nothing = { used: 0, unknown: 0, unknownAttempts: 0, reserved: 0, unreserved: 0 };
  const today = change && { day: '2026-11-26', endsMs: ENDS, ...nothing, ...change };
  return { tokensPerDay: 1_000, timeZone: 'Europe/Berlin', today, past };
}

/** What is taken today, and how table, agent and pool tell it. */
const ROWS: [name: string, Partial<DaySpent> | null, table: string, agent: string][] = [
  ['nobody has told', null, '0/1,000', 'ready'],
  ['nothing', {}, '0/1,000', 'ready'],
  ['a little, and something runs', { used: 120, reserved: 60 }, '120/1,000 (60 reserved)', 'ready'],
  [
    'more than the half',
    { used: 500, unknown: 40, unknownAttempts: 2, unreserved: 1 },
    '≥500/1,000 (2 unknown, as 40, 1 run, of which nothing is known)',
    'ready; 50 % of the budget of ada for today is used: 540 of 1,000 tokens',
  ],
  [
    'all, with what runs',
    { used: 900, reserved: 100 },
    '900/1,000 (100 reserved)',
    'the budget of ada for today is used: 900 and 100 reserved for what runs, of 1,000 tokens, again at 00:00 Europe/Berlin',
  ],
];

test.each(ROWS)('%s', (_, taken, inTable, ofAgent) => {
  const line = budget(taken);
  expect(sayTokensToday(line)).toBe(inTable);
  const agent = { name: 'ada', queue: 'dev', limit: 1, health: WELL } as AgentStatus;
  expect(sayAgent({ ...agent, budget: line })).toBe(ofAgent);
  expect(sayAgent({ ...agent, poolBudget: line })).toBe(ofAgent.replace('of ada', 'of queue "dev"'));
  const pool = { queue: 'dev', agents: ['ada'], limit: 1, paused: false } as Parameters<typeof sayPool>[0];
  const ofPool = ofAgent.replace('of ada', 'of queue "dev"').replace('ready', 'open');
  expect(sayPool({ ...pool, budget: line })).toBe(ofPool);
});

test('without a budget there is nothing to tell', () => {
  expect(sayTokensToday(undefined)).toBe('-');
});

test('as JSON, what is not known is apart from what is used', () => {
  expect(
    budgetJson(budget({ used: 900, unknown: 60, unknownAttempts: 2, reserved: 40, unreserved: 1 })),
  ).toEqual({
    ...{ tokens_per_day: 1_000, time_zone: 'Europe/Berlin' },
    today: {
      ...{ day: '2026-11-26', used: 900, unknown: 60, attempts_with_unknown_tokens: 2 },
      ...{ reserved: 40, runs_without_reservation: 1, until: '2026-11-26T23:00:00.000Z', used_up: true },
    },
    days_before: [{ day: '2026-11-25', used: 900, unknown: 10, attempts_with_unknown_tokens: 1 }],
  });
  expect(budgetJson({ tokensPerDay: 1, timeZone: 'UTC', today: null })).toMatchObject({ today: null });
});

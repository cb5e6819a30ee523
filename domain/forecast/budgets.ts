import { type Budget, budgetOf } from '../budget.ts';
import type { AgentLine, BudgetLine } from '../plan/agent-line.ts';
import { rollDays } from '../slots/budget.ts';
import type { Pool, PoolPolicy } from '../slots/pool.ts';
import { type AgentTokens, type Day, dayAt, type Ledger, newLedger, type ZoneDays } from '../slots/tokens.ts';

// The budgets of a pool while a forecast is played: what is taken of them is counted by the same functions as in the semaphore.

/** What is known of all recipes together counts as much as the semaphore lets it count. */
const RUNS_KNOWN = 20;
/** Under which it is kept: no recipe has it. */
export const ANY_RECIPE = '';

/** Of the pool, by the lines of its agents. */
export function budgetPolicy(
  lines: readonly AgentLine[],
  zones: readonly ZoneDays[],
): Pick<PoolPolicy, 'budget' | 'zones'> {
  const budget = poolBudgetOf(lines);
  const used = lines.flatMap((line) => line.budget ?? []);
  const told = [...used, ...(budget === undefined ? [] : [budget])];
  if (told.length === 0) return {};
  return {
    ...(budget && { budget: budgetOf(budget) }),
    zones: told.map(({ timeZone, today }) => ({ timeZone, days: daysOf(zones, { timeZone, today }) })),
  };
}

/** Begins the count of the pool's budgets with what was taken until now. What runs is not in it yet. */
export function openLedgers(pool: Pool, lines: readonly AgentLine[], nowMs: number): void {
  const today = poolBudgetOf(lines)?.today;
  if (today) pool.tokens = ledgerOf(today);
  rollDays(pool, nowMs);
}

/** What is known of what an agent took; undefined: neither it nor its pool has a budget. */
export function tokensOf(
  { budget, poolBudget, tokensPerRun }: AgentLine,
  zones: readonly ZoneDays[],
  nowMs: number,
): AgentTokens | undefined {
  const counted = budget ?? poolBudget;
  if (counted === undefined) return undefined;
  const took =
    tokensPerRun === undefined ? [] : [{ recipe: ANY_RECIPE, runs: RUNS_KNOWN, tokens: tokensPerRun }];
  const ledger = budget?.today
    ? ledgerOf(budget.today)
    : newLedger(dayAt(daysOf(zones, { ...counted, today: null }), nowMs));
  return { ...ledger, open: [], took, settled: [] };
}

/** A budget that somebody sets now. Of one that was not there before nothing is taken yet: so the semaphore has it, too. */
export function budgetSet(
  before: BudgetLine | undefined,
  { tokensPerDay, timeZone }: Budget,
  zones: readonly ZoneDays[],
  nowMs: number,
): BudgetLine {
  if (before?.today && nowMs < before.today.endsMs) return { ...before, tokensPerDay };
  return {
    ...{ tokensPerDay, timeZone },
    today: newLedger(dayAt(daysOf(zones, { timeZone, today: null }), nowMs)).today,
  };
}

function poolBudgetOf(lines: readonly AgentLine[]): BudgetLine | undefined {
  return lines.find(({ poolBudget }) => poolBudget)?.poolBudget;
}

function ledgerOf(today: NonNullable<BudgetLine['today']>): Ledger {
  return { today: { ...today }, past: [] };
}

/** Where this host does not know a zone, it knows the day that the semaphore has told. */
function daysOf(
  zones: readonly ZoneDays[],
  { timeZone, today }: Pick<BudgetLine, 'timeZone' | 'today'>,
): Day[] {
  const known = zones.find((each) => each.timeZone === timeZone)?.days;
  if (known !== undefined) return known;
  return today === null ? [] : [{ day: today.day, endsMs: today.endsMs }];
}

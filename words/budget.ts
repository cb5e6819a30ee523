import type { BudgetLine } from '../domain/plan/agent-line.ts';
import type { BudgetFigures } from '../domain/plan/reason.ts';
import { type DaySpent, isUsedUp, type Step, stepOf } from '../domain/slots/tokens.ts';
import { number } from './number.ts';

/** That a budget is used up, as a clause. `whose`: `vaela`, `queue "dev"`. */
export function sayUsedUp(whose: string, budget: BudgetFigures): string {
  const { tokensPerDay, untilMs, timeZone } = budget;
  const { says, isPlain } = sayTaken(budget);
  const taken = `${says}${isPlain ? '' : ','} of ${number(tokensPerDay)} tokens`;
  return `the budget of ${whose} for today is used: ${taken}, again at ${sayDayEnd(untilMs, timeZone)}`;
}

/** `150,000`, `at least 120,000 and about 30,000 of 2 attempts that nobody counted`, with what runs: `… and 50,000 reserved`. */
function sayTaken({ used, unknown, unknownAttempts, reserved }: Omit<BudgetFigures, 'tokensPerDay'>): {
  says: string;
  isPlain: boolean;
} {
  const attempts = unknownAttempts === 1 ? '1 attempt' : `${number(unknownAttempts)} attempts`;
  const known = unknownAttempts === 0 ? number(used) : `at least ${number(used)}`;
  const guessed =
    unknownAttempts === 0 ? '' : ` and about ${number(unknown)} for ${attempts} that nobody counted`;
  const held = reserved === 0 ? '' : ` and ${number(reserved)} reserved for what runs`;
  return { says: `${known}${guessed}${held}`, isPlain: guessed + held === '' };
}

/** What was taken of a budget today, for a table: `150,000/200,000`, with `+` for what is not known, `(50,000 reserved)`. */
export function sayTokensToday(budget: BudgetLine | undefined): string {
  if (budget === undefined) return '-';
  const limit = number(budget.tokensPerDay);
  if (budget.today === null) return `0/${limit}`;
  const { used, unknown, unknownAttempts, reserved, unreserved } = budget.today;
  const known = `${unknownAttempts > 0 ? '≥' : ''}${number(used)}`;
  const more = [
    ...(unknownAttempts > 0 ? [`${unknownAttempts} unknown, as ${number(unknown)}`] : []),
    ...(reserved > 0 ? [`${number(reserved)} reserved`] : []),
    ...(unreserved > 0 ? [`${unreserved} run, of which nothing is known`] : []),
  ];
  return `${known}/${limit}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}

/** How a budget is, as a clause where there is something to say; undefined: less than half of it is used. */
export function sayBudget(whose: string, budget: BudgetLine | undefined): string | undefined {
  if (!budget?.today) return undefined;
  const { today } = budget;
  if (isUsedUp(budget, today)) return sayUsedUp(whose, { ...budget, ...today, untilMs: today.endsMs });
  const step = stepOf(budget, today);
  return step === 0 ? undefined : sayStep(whose, { ...budget, today }, step);
}

/** That a part of a budget is used, in percent, as a clause. */
export function sayStep(
  whose: string,
  { today, tokensPerDay, timeZone }: BudgetLine & { today: DaySpent },
  step: Step,
): string {
  if (step === 100) return sayUsedUp(whose, { ...today, tokensPerDay, timeZone, untilMs: today.endsMs });
  const taken = `${number(today.used + today.unknown)} of ${number(tokensPerDay)} tokens`;
  return `${step} % of the budget of ${whose} for today is used: ${taken}`;
}

/** `00:00 Europe/Berlin`: the end of a day in its zone. There are days that begin at another time. */
function sayDayEnd(ms: number, timeZone: string): string {
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
    return `${format.format(ms)} ${timeZone}`;
  } catch {
    // A zone that this host does not know.
    return `${new Date(ms).toISOString().slice(11, 16)} UTC`;
  }
}

import { type Budget, MOST_TOKENS } from '../domain/budget.ts';
import { nameProblem } from '../domain/names.ts';
import type {
  AgentTokens,
  Day,
  DaySpent,
  Ledger,
  PastDay,
  Reservation,
  Spent,
  Taken,
  Took,
  ZoneDays,
} from '../domain/slots/tokens.ts';
import type { Shape } from './shape.ts';
import * as is from './shape.ts';

// What is said of tokens and budgets in messages. Sums of these stay numbers that are exact.

const LAST_MS = 8_640_000_000_000_000;
const MANY = 1_000;

const tokens = is.wholeNumber(0, MOST_TOKENS);
const count = is.wholeNumber(0, MOST_TOKENS);
const time = is.number(0, LAST_MS);
const agent = is.text('the name of an agent', (name) => nameProblem(name) === undefined);
const recipe = is.text('the name of a recipe', (name) => name.length <= 256);
const runId = is.text('a run id', (id) => id.length <= 64);
const fence = is.wholeNumber(0, LAST_MS);
const day = is.text(
  'a day such as 2026-11-26',
  (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
);
const timeZone = is.text('the name of a time zone', (name) => name.length <= 64);

export const BUDGET: Shape<Budget> = is.object<Budget>({ tokensPerDay: tokens, timeZone });
export const ZONE_DAYS: Shape<ZoneDays> = is.object<ZoneDays>({
  timeZone,
  days: is.list(is.object<Day>({ day, endsMs: time }), MANY),
});
const spent: Shape<Spent> = is.either(
  is.oneOf('nothing'),
  is.object<Taken>({ agent, tokens: is.orNull(tokens), recipe: is.orNull(recipe) }),
);
/** A slot is given back whatever comes with that: what is wrong is not known. */
export const SPENT: Shape<Spent | undefined> = (value) => is.readable(spent, value);

const past = { day, used: tokens, unknownAttempts: count, unknown: tokens };
const ledger = {
  today: is.object<DaySpent>({ ...past, endsMs: time, reserved: tokens, unreserved: count }),
  past: is.list(is.object<PastDay>(past), MANY),
};
export const LEDGER: Shape<Ledger> = is.object<Ledger>(ledger);
export const AGENT_TOKENS: Shape<AgentTokens> = is.object<AgentTokens>({
  ...ledger,
  open: is.list(
    is.object<Reservation>({
      workflowId: is.text('the workflow id of a task', (id) => /^task-[1-9][0-9]{0,14}$/.test(id)),
      runId,
      fence: is.orNull(fence),
      recipe,
      tokens: is.orNull(tokens),
      elsewhere: is.absentOr(is.oneOf(true)) as Shape<true>,
    }),
    MANY,
  ),
  took: is.list(is.object<Took>({ recipe, runs: count, tokens: is.number(0, MOST_TOKENS) }), MANY),
  settled: is.list(is.either(fence, runId), MANY),
});

import type { Budget } from '../budget.ts';
import type { AgentSlots } from './agent-slots.ts';
import { agentOf, type Holder, type Pool } from './pool.ts';
import { isSameRun, type RunRef, refOf } from './run-ref.ts';
import {
  type AgentTokens,
  charge,
  countedIn,
  type Day,
  type DaySpent,
  dayAt,
  expected,
  isUsedUp,
  learn,
  newLedger,
  type Reservation,
  rememberSettled,
  rollDay,
  type Spent,
  stepOf,
  type Taken,
} from './tokens.ts';

// The budgets of a pool and of its agents (docs/adr/0031). What a run is expected to take is reserved with its grant, and
// settled once, by the fence of that grant: with what goose has told, or, where nobody tells, with what was reserved.

/**
 * Begins what is missing, and new days. Call it before anything else is done at a later moment. What was taken under a budget
 * that is not configured any more is forgotten with its day.
 */
export function rollDays(pool: Pool, nowMs: number): void {
  const { policy } = pool;
  if (policy.budget === undefined && pool.tokens === undefined && !pool.agents.some(isCounted)) return;
  const dayOf = daysAt(pool, nowMs);
  const ofPool = policy.budget;
  if (ofPool !== undefined) {
    const day = dayOf(ofPool);
    pool.tokens ??= newLedger(day);
    rollDay(pool.tokens, day, nowMs);
  } else if (pool.tokens !== undefined && nowMs >= pool.tokens.today.endsMs) delete pool.tokens;
  for (const agent of pool.agents) {
    const budget = isOfPool(pool, agent) ? (agent.budget ?? ofPool) : undefined;
    if (budget !== undefined) {
      const day = dayOf(budget);
      agent.tokens ??= { ...newLedger(day), open: openNow(pool, agent), took: [], settled: [] };
      rollDay(agent.tokens, day, nowMs);
    } else if (agent.tokens !== undefined && nowMs >= agent.tokens.today.endsMs) delete agent.tokens;
  }
  reckon(pool);
}

/** What runs when a budget begins to count: it will have ended in its time. */
function openNow({ holders }: Pool, { name: recipe }: AgentSlots): Reservation[] {
  const own = holders.filter(({ agent }) => agent === recipe);
  return own.map(({ fence, ...run }) => ({ ...refOf(run), fence, recipe, tokens: null }));
}

/** One that has left the configuration is, while it has slots. */
function isOfPool({ holders }: Pool, { name, limit }: AgentSlots): boolean {
  return limit !== null || holders.some(({ agent }) => agent === name);
}

const isCounted = ({ budget, tokens }: AgentSlots) => budget !== undefined || tokens !== undefined;

/** The day of each zone. Most budgets have the same one, and it is looked for at each grant and each end. */
function daysAt({ policy }: Pool, nowMs: number): (budget: Budget) => Day {
  const found = new Map<string, Day>();
  return ({ timeZone }) => {
    const known = found.get(timeZone);
    if (known !== undefined) return known;
    const zone = policy.zones?.find((each) => each.timeZone === timeZone);
    const day = dayAt(zone?.days ?? [], nowMs);
    found.set(timeZone, day);
    return day;
  };
}

/** Sets what is reserved in all ledgers by what is open. */
function reckon(pool: Pool): void {
  for (const { tokens } of pool.agents) if (tokens !== undefined) setReserved(tokens.today, tokens.open);
  if (pool.tokens === undefined) return;
  const open = pool.agents.flatMap(({ tokens }) => tokens?.open ?? []);
  setReserved(
    pool.tokens.today,
    open.filter(({ elsewhere }) => !elsewhere),
  );
}

function setReserved(today: DaySpent, open: readonly Reservation[]): void {
  today.reserved = open.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0);
  today.unreserved = open.filter(({ tokens }) => tokens === null).length;
}

/** What a run of the agent is expected to take: as its own did, else as those of the pool; null: nothing is known. */
export function expectedOf(pool: Pool, agent: AgentSlots, recipe = agent.name): number | null {
  const own = agent.tokens && expected(agent.tokens, recipe);
  return own ?? expected({ took: pool.agents.flatMap(({ tokens }) => tokens?.took ?? []) }, recipe);
}

/** Tokens that are left of a pool's budget, or of an agent's; infinite where it has none. */
export function leftOf({ budget, tokens }: { budget?: Budget | undefined; tokens?: Pool['tokens'] }): number {
  if (budget === undefined) return Number.POSITIVE_INFINITY;
  return budget.tokensPerDay - (tokens === undefined ? 0 : countedIn(tokens.today));
}

/** A run of the agent has a slot now. `recipe`: undefined: the agent's own, as far as is known. */
export function reserve(
  pool: Pool,
  { agent: name, fence, ...run }: Omit<Holder, 'sinceMs'>,
  recipe: string | undefined,
): void {
  const agent = agentOf(pool, name);
  if (agent?.tokens === undefined) return;
  const { open } = agent.tokens;
  const tokens = expectedOf(pool, agent, recipe);
  agent.tokens.open = [...open, { ...refOf(run), fence, recipe: recipe ?? name, tokens }];
  reckon(pool);
}

/**
 * The same for a run that was found with a slot, unless the semaphore before this one has reserved for it, or its attempt has
 * counted already: the end of its processes is told before that of its attempt.
 */
export function reserveFound(pool: Pool, { agent, fence, ...run }: Omit<Holder, 'sinceMs' | 'found'>): void {
  const { open = [], settled = [] } = agentOf(pool, agent)?.tokens ?? {};
  const hasCounted = fence !== null && settled.includes(fence);
  if (!hasCounted && !open.some((each) => isSameRun(each, run)))
    reserve(pool, { ...run, agent, fence }, undefined);
}

/**
 * An attempt is over. It counts once, however often that is told.
 *
 * @param attempt.fence null: nobody knows it
 * @param spent undefined: nobody tells, so that it counts with what was reserved
 */
export function settle(pool: Pool, attempt: RunRef & { fence: number | null }, spent?: Spent): void {
  const agent = pool.agents.find(({ tokens }) => tokens?.open.some((each) => isOf(each, attempt)));
  const reservation = agent?.tokens?.open.find((each) => isOf(each, attempt));
  if (agent?.tokens !== undefined && reservation !== undefined) {
    agent.tokens.open = agent.tokens.open.filter((each) => each !== reservation);
    count(pool, agent.tokens, reservation, spent);
    rememberSettled(agent.tokens, attempt.fence ?? reservation.fence ?? attempt.runId);
  } else if (typeof spent === 'object' && attempt.fence !== null)
    settleUnreserved(pool, [attempt.fence, attempt.runId], spent);
  reckon(pool);
}

function isOf(reservation: Reservation, attempt: RunRef & { fence: number | null }): boolean {
  const isSame = reservation.fence === attempt.fence;
  return isSameRun(reservation, attempt) && (isSame || reservation.fence === null || attempt.fence === null);
}

/** There was no budget when it began, or the semaphore was reset to a time before its grant. */
function settleUnreserved(pool: Pool, [fence, runId]: [number, string], spent: Taken): void {
  const agent = agentOf(pool, spent.agent);
  if (agent?.tokens === undefined) return;
  const { settled } = agent.tokens;
  if (settled.includes(fence) || settled.includes(runId)) return;
  const recipe = spent.recipe ?? agent.name;
  count(pool, agent.tokens, { recipe, tokens: expectedOf(pool, agent, recipe) }, spent);
  rememberSettled(agent.tokens, fence);
}

function count(
  pool: Pool,
  agent: AgentTokens,
  { recipe, tokens: guess, elsewhere }: Pick<Reservation, 'recipe' | 'tokens' | 'elsewhere'>,
  spent: Spent | undefined,
): void {
  if (spent === 'nothing') return;
  const tokens = spent?.tokens ?? null;
  charge(agent, tokens, guess);
  if (pool.tokens !== undefined && !elsewhere) charge(pool.tokens, tokens, guess);
  if (tokens !== null) learn(agent, spent?.recipe ?? recipe, tokens);
}

/** The runs of these agents have been looked for: a reservation of one that has no slot is of an attempt that nobody told of. */
export function settleUnfound(pool: Pool, agents: readonly string[]): void {
  for (const { name, tokens } of pool.agents) {
    if (!agents.includes(name)) continue;
    const lost = (tokens?.open ?? []).filter(
      (each) => !pool.holders.some((holder) => isSameRun(holder, each)),
    );
    for (const { fence, ...run } of lost) settle(pool, { ...run, fence });
  }
}

/**
 * When budgets that are used up begin anew, in milliseconds since the epoch.
 *
 * @param ifLeft only those that have something left then: what runs may take all of the next day, too
 */
export function budgetsDueMs({ policy, tokens, agents }: Pool, { ifLeft = false } = {}): number[] {
  const all = [{ budget: policy.budget, tokens }, ...agents];
  return all.flatMap(({ budget, tokens: own }) => {
    if (budget === undefined || own === undefined || !isUsedUp(budget, own.today)) return [];
    return ifLeft && own.today.reserved >= budget.tokensPerDay ? [] : [own.today.endsMs];
  });
}

/** What the scheduler has to know of the budgets: how much of each is used, in steps, and whether anything may start. */
export function budgetMarks({ policy, tokens, agents }: Pool): string[] {
  const all = [{ name: '', budget: policy.budget, tokens }, ...agents];
  return all.flatMap(({ name, budget, tokens: own }) => {
    if (budget === undefined || own === undefined) return [];
    const { today } = own;
    const { tokensPerDay, timeZone } = budget;
    const isOver = isUsedUp(budget, today) ? 'over' : '';
    return [`${name} ${today.endsMs} ${tokensPerDay} ${timeZone} ${stepOf(budget, today)} ${isOver}`];
  });
}

import type { Budget } from '../budget.ts';
import { isSameRun, type RunRef } from './run-ref.ts';

/** One day of a time zone. */
export interface Day {
  /** `2026-11-26`. */
  day: string;
  /** Milliseconds since the epoch. */
  endsMs: number;
}

/** The day that it is, and those that follow. They are found outside of workflows, which may not depend on a host's zones. */
export interface ZoneDays {
  timeZone: string;
  days: Day[];
}

/** What was taken in a day by attempts that ended in it. */
export interface PastDay {
  day: string;
  /** Tokens that goose has told. */
  used: number;
  /** Attempts whose tokens nobody has told. */
  unknownAttempts: number;
  /** Tokens for which these count: what such runs took before. */
  unknown: number;
}

/** The same of a day that is not over, with what runs now. */
export interface DaySpent extends PastDay, Day {
  /** Tokens for what runs: what such runs took before. */
  reserved: number;
  /** Runs for which nothing is reserved, since nobody knows what such ones take. */
  unreserved: number;
}

/** What was taken of one budget. */
export interface Ledger {
  today: DaySpent;
  /** The newest first; at most `PAST_DAYS`. */
  past: PastDay[];
}

/** What was taken into account when a run got its slot; over when it is known what the attempt took. */
export interface Reservation extends RunRef {
  /** Of the grant; null: a rebuild has found the run. */
  fence: number | null;
  recipe: string;
  /** Null: nothing is known of such runs. */
  tokens: number | null;
  /** Another pool gave the slot: it is of the agent's budget, and not of the one of this pool. */
  elsewhere?: true;
}

/** What runs with a recipe took, on the average; those of long ago count less. */
export interface Took {
  recipe: string;
  /** At most `RUNS_OF_MEAN`. */
  runs: number;
  tokens: number;
}

/** What an agent took, kept where it or its pool has a budget. */
export interface AgentTokens extends Ledger {
  open: Reservation[];
  /** The recipe that ran last is the last. */
  took: Took[];
  /**
   * Fences of the last attempts that were taken into account: a word about one of these comes twice. Of one whose fence nobody
   * knew, the id of its run.
   */
  settled: (number | string)[];
}

/** What an attempt took. `nothing`: no goose ran. */
export type Spent = 'nothing' | Taken;

export interface Taken {
  agent: string;
  /** Null: nobody can tell. */
  tokens: number | null;
  /** Null: not known. */
  recipe: string | null;
}

const DAY_MS = 86_400_000;
export const PAST_DAYS = 3;
const RUNS_OF_MEAN = 20;
const MOST_RECIPES = 8;
const MOST_SETTLED = 50;

/** The day at a moment. Nobody has told beyond the last of `days`: from there on days have 24 hours. */
export function dayAt(days: readonly Day[], atMs: number): Day {
  const known = days.find(({ endsMs }) => atMs < endsMs);
  if (known !== undefined) return known;
  const last = days.at(-1) ?? { day: '1970-01-01', endsMs: DAY_MS };
  const more = Math.floor((atMs - last.endsMs) / DAY_MS) + 1;
  const day = new Date(Date.parse(last.day) + more * DAY_MS).toISOString().slice(0, 10);
  return { day, endsMs: last.endsMs + more * DAY_MS };
}

function newDay({ day, endsMs }: Day): DaySpent {
  return { day, endsMs, used: 0, unknown: 0, unknownAttempts: 0, reserved: 0, unreserved: 0 };
}

export function newLedger(day: Day): Ledger {
  return { today: newDay(day), past: [] };
}

/** Begins a new day, if the last one is over; what is reserved is to be reckoned anew. Where a day of another zone counts from now on, what was taken still counts. */
export function rollDay(ledger: Ledger, day: Day, nowMs: number): void {
  const { today } = ledger;
  if (nowMs < today.endsMs) {
    Object.assign(today, { day: day.day, endsMs: day.endsMs });
    return;
  }
  const { day: name, used, unknown, unknownAttempts } = today;
  ledger.past = [{ day: name, used, unknownAttempts, unknown }, ...ledger.past].slice(0, PAST_DAYS);
  ledger.today = newDay(day);
}

/** A day as it is now, for who reads it when it may be over. */
export function spentNow(today: DaySpent, nowMs: number): DaySpent {
  return nowMs < today.endsMs ? today : { ...today, used: 0, unknown: 0, unknownAttempts: 0 };
}

/** Tokens that count against the budget. */
export function countedIn({
  used,
  unknown,
  reserved,
}: Pick<DaySpent, 'used' | 'unknown' | 'reserved'>): number {
  return used + unknown + reserved;
}

/** Nothing more starts: that what runs takes the rest is to be expected. */
export function isUsedUp({ tokensPerDay }: Budget, today: DaySpent): boolean {
  return countedIn(today) >= tokensPerDay;
}

/** Parts of a budget, in percent, that people are told of when they are used. */
const STEPS = [100, 80, 50] as const;
export type Step = (typeof STEPS)[number] | 0;

/** The largest of the steps that ended attempts have used; 0: none. */
export function stepOf({ tokensPerDay }: Budget, { used, unknown }: DaySpent): Step {
  return STEPS.find((step) => (used + unknown) * 100 >= tokensPerDay * step) ?? 0;
}

/** @param tokens null: nobody has told; then `guess` counts, what such runs took before, or nothing where that is not known */
export function charge({ today }: Ledger, tokens: number | null, guess: number | null): void {
  if (tokens !== null) today.used += tokens;
  else {
    today.unknownAttempts += 1;
    today.unknown += guess ?? 0;
  }
}

/** What a run is expected to take; null: nothing is known of such runs. */
export function expected({ took }: Pick<AgentTokens, 'took'>, recipe: string): number | null {
  const same = took.find((each) => each.recipe === recipe);
  if (same !== undefined) return Math.round(same.tokens);
  return meanTook(took);
}

/** What a run takes on the average, whatever its recipe; null: it is not known. */
export function meanTook(took: readonly Took[]): number | null {
  const runs = took.reduce((sum, each) => sum + each.runs, 0);
  if (runs === 0) return null;
  return Math.round(took.reduce((sum, each) => sum + each.tokens * each.runs, 0) / runs);
}

export function learn(agent: AgentTokens, recipe: string, tokens: number): void {
  const before = agent.took.find((each) => each.recipe === recipe) ?? { recipe, runs: 0, tokens: 0 };
  const runs = Math.min(before.runs + 1, RUNS_OF_MEAN);
  const mean = before.tokens + (tokens - before.tokens) / runs;
  const others = agent.took.filter((each) => each.recipe !== recipe);
  agent.took = [...others, { recipe, runs, tokens: mean }].slice(-MOST_RECIPES);
}

/** What counts of an agent that comes, or comes back, from another pool: what is known there, and what it has open here. */
export function arrived(here: AgentTokens | undefined, from: AgentTokens): AgentTokens {
  if (here === undefined) return { ...from, today: { ...from.today } };
  const own = here.open.filter(({ fence }) => fence === null || !from.settled.includes(fence));
  const isNew = (each: Reservation) => !own.some((mine) => isSameRun(mine, each));
  const settled = [...new Set([...here.settled, ...from.settled])].slice(-MOST_SETTLED);
  return { ...from, today: { ...from.today }, open: [...own, ...from.open.filter(isNew)], settled };
}

export function rememberSettled(agent: AgentTokens, attempt: number | string): void {
  agent.settled = [...agent.settled, attempt].slice(-MOST_SETTLED);
}

import { groupedBy } from '../grouped.ts';
import { compareRank, type Rank } from '../rank.ts';
import { isCanary } from './breaker.ts';
import { reserve, settle } from './budget.ts';
import {
  agentOrStranger,
  type Expected,
  type Grant,
  nextFence,
  type Pool,
  type Waiter,
  withRules,
} from './pool.ts';
import { otherRun, type RunRef, refOf, sameRun } from './run-ref.ts';

/** A run asks for a slot. */
export interface Request extends RunRef {
  rank: Rank;
  /** When the survey that found the rank began, in milliseconds since the epoch. */
  rankedAtMs: number;
  /** The only agent that may have the task; null: any of the pool. */
  wants: string | null;
  /** The recipe that its task names; absent: its agent's. */
  recipe?: string | undefined;
}

/** Of ranks that came before their run, and of runs that are expected. More are never in line. */
const MOST_KEPT = 1_000;

/**
 * Puts a run in line. A run that has a slot already is answered with its grant, since the first answer may be lost; all
 * others get no answer now.
 */
export function request(pool: Pool, asked: Request, nowMs: number): Grant[] {
  const grant = grantHeldBy(pool, asked, nowMs);
  if (grant !== undefined) return [grant];
  const { rank, rankedAtMs, wants, recipe } = asked;
  // Of a run that was terminated and not found out yet there may be a waiter besides that of the next run of its task.
  const sameTask = pool.waiters.filter((waiter) => waiter.rank.id === rank.id);
  const sinceMs = sameTask.find(sameRun(asked))?.sinceMs ?? nowMs;
  const waiter: Waiter = {
    ...refOf(asked),
    rank,
    rankedAtMs,
    wants,
    sinceMs,
    ...(recipe !== undefined && { recipe }),
  };
  // The rank is the task's: all its waiters get the newest that is known.
  const all = [waiter, ...sameTask];
  const known = [...all.map(rankKnownTo), ...takeEarlyRank(pool, rank.id)];
  for (const each of all) for (const one of known) rerank(each, one);
  pool.waiters = [...pool.waiters.filter(otherRun(asked)), waiter];
  expectNoRuns(pool, [rank.id]);
  sortLine(pool);
  return [];
}

function grantHeldBy(pool: Pool, run: Request, nowMs: number): Grant | undefined {
  const held = pool.holders.find(sameRun(run));
  if (held === undefined) return undefined;
  if (held.fence === null || held.found) {
    // Of its attempt before, under a grant of a semaphore that is gone, nobody has told.
    settle(pool, held);
    held.fence = nextFence(pool, nowMs);
    delete held.found;
    reserve(pool, held, run.recipe);
  }
  const { gooseQueue, probe } = agentOrStranger(pool, held.agent);
  const isProbe = (probe !== null && sameRun(run)(probe)) || isCanary(pool, run);
  const { agent, fence } = held;
  return { ...refOf(run), agent, fence, gooseQueue, probe: isProbe, ...withRules(pool, agent) };
}

/**
 * Runs that are started together ask in any order. For each of them a slot is kept until it asks, so that the better rank
 * gets it though it asks later.
 *
 * @param forMs how long at most
 */
export function expectRuns(
  pool: Pool,
  runs: readonly Omit<Expected, 'untilMs'>[],
  nowMs: number,
  forMs = 1_000,
): void {
  const asked = new Set(pool.waiters.map((waiter) => waiter.rank.id));
  const added = runs.filter(({ rank }) => !asked.has(rank.id));
  const before = pool.expected.filter(({ untilMs }) => nowMs < untilMs);
  const untilMs = nowMs + forMs;
  pool.expected = [...before, ...added.map((run) => ({ ...run, untilMs }))].slice(-MOST_KEPT);
}

/** No slot is kept any more for runs of these tasks. */
export function expectNoRuns(pool: Pool, taskIds: readonly number[]): void {
  if (taskIds.length === 0) return;
  pool.expected = pool.expected.filter(({ rank }) => !taskIds.includes(rank.id));
}

/**
 * Takes over the ranks that a survey found. The rank of a task that has no run in line is kept for when its run asks.
 *
 * @param atMs when that survey began, in milliseconds since the epoch; it changes no rank that a later one has found
 */
export function reorder(pool: Pool, ranks: readonly Rank[], atMs: number): void {
  const waitersOf = groupedBy(pool.waiters, ({ rank }) => rank.id);
  const early = new Map(pool.ranks.map((known) => [known.rank.id, known]));
  for (const rank of ranks) {
    const waiters = waitersOf.get(rank.id);
    for (const waiter of waiters ?? []) rerank(waiter, { rank, atMs });
    if (waiters !== undefined || atMs < (early.get(rank.id)?.atMs ?? 0)) continue;
    early.delete(rank.id);
    early.set(rank.id, { rank, atMs });
  }
  pool.ranks = [...early.values()].slice(-MOST_KEPT);
  sortLine(pool);
}

/** A rank, and when the survey that found it began. */
type RankAt = Pool['ranks'][number];

function rankKnownTo({ rank, rankedAtMs }: Waiter): RankAt {
  return { rank, atMs: rankedAtMs };
}

/** Gives the waiter a rank, unless it has a newer one. */
function rerank(waiter: Waiter, { rank, atMs }: RankAt): void {
  if (atMs < waiter.rankedAtMs) return;
  waiter.rank = rank;
  waiter.rankedAtMs = atMs;
}

/** The rank that came before its run, which is not needed any more once the run has it. */
function takeEarlyRank(pool: Pool, taskId: number): RankAt[] {
  const early = pool.ranks.filter(({ rank }) => rank.id === taskId);
  if (early.length > 0) pool.ranks = pool.ranks.filter(({ rank }) => rank.id !== taskId);
  return early;
}

function sortLine(pool: Pool): void {
  pool.waiters.sort((a, b) => compareRank(a.rank, b.rank));
}

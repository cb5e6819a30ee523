import { compareRank, type Rank } from '../rank.ts';
import { agentOrStranger, type Coming, type Grant, nextFence, type Pool, type Waiter } from './pool.ts';
import { other, type RunRef, ref, same } from './run-ref.ts';

/** A run asks for a slot. */
export interface Request extends RunRef {
  rank: Rank;
  /** When the rank was found, in milliseconds since the epoch. */
  rankedAtMs: number;
  /** The only agent that may have the task; null: any of the pool. */
  wants: string | null;
}

/** Ranks that came before their run, or after it: more than are ever in line. */
const MOST_RANKS = 1_000;

/** Puts a run in line. Asking again while it holds a slot returns that grant, since the first may be lost. */
export function request(pool: Pool, asked: Request, nowMs: number): Grant[] {
  const held = pool.holders.find(same(asked));
  if (held !== undefined) {
    held.fence ??= nextFence(pool, nowMs);
    const { gooseQueue, probe } = agentOrStranger(pool, held.agent);
    const { agent, fence } = held;
    return [{ ...ref(asked), agent, fence, gooseQueue, probe: probe !== null && same(asked)(probe) }];
  }
  const { rank, rankedAtMs, wants } = asked;
  const before = pool.waiters.filter((waiter) => waiter.rank.id === rank.id);
  const sinceMs = before.find(same(asked))?.sinceMs ?? nowMs;
  const waiter: Waiter = { ...ref(asked), rank, rankedAtMs, wants, sinceMs };
  // A run that was terminated stays in line beside the next one of its task: the rank is of the task.
  const looks = [waiter, ...before].map(lookOf).concat(taken(pool, rank.id));
  for (const each of [waiter, ...before]) for (const look of looks) see(each, look);
  pool.waiters = [...pool.waiters.filter(other(asked)), waiter];
  pool.coming = pool.coming.filter((coming) => coming.rank.id !== rank.id);
  sortLine(pool);
  return [];
}

/** A run is started within this time after the scheduler has said so, and asks. */
const COMING_MS = 1_000;

/**
 * Runs that are being started together ask in any order. Who comes later and has the better rank has its slot kept for a
 * moment.
 */
export function expect(pool: Pool, coming: readonly Omit<Coming, 'untilMs'>[], nowMs: number): void {
  const asked = new Set(pool.waiters.map((waiter) => waiter.rank.id));
  const news = coming.filter(({ rank }) => !asked.has(rank.id));
  const known = pool.coming.filter(({ untilMs }) => nowMs < untilMs);
  pool.coming = [...known, ...news.map((each) => ({ ...each, untilMs: nowMs + COMING_MS }))].slice(
    -MOST_RANKS,
  );
}

/**
 * The ranks of a later look at TinyTask. A rank may come before its run, whose request is on its way, so one that is of
 * nobody in line is kept for whoever asks.
 *
 * @param atMs when TinyTask was looked at, in milliseconds since the epoch; what is older than what is known changes nothing
 */
export function reorder(pool: Pool, ranks: readonly Rank[], atMs: number): void {
  const inLine = new Map<number, Waiter[]>();
  for (const waiter of pool.waiters)
    inLine.set(waiter.rank.id, [...(inLine.get(waiter.rank.id) ?? []), waiter]);
  const early = new Map(pool.ranks.map((known) => [known.rank.id, known]));
  for (const rank of ranks) {
    const waiters = inLine.get(rank.id);
    for (const waiter of waiters ?? []) see(waiter, { rank, atMs });
    if (waiters !== undefined || atMs < (early.get(rank.id)?.atMs ?? 0)) continue;
    early.delete(rank.id);
    early.set(rank.id, { rank, atMs });
  }
  pool.ranks = [...early.values()].slice(-MOST_RANKS);
  sortLine(pool);
}

/** A rank, and when somebody looked at TinyTask and found it. */
type Look = Pool['ranks'][number];

function lookOf({ rank, rankedAtMs }: Waiter): Look {
  return { rank, atMs: rankedAtMs };
}

function see(waiter: Waiter, { rank, atMs }: Look): void {
  if (atMs < waiter.rankedAtMs) return;
  waiter.rank = rank;
  waiter.rankedAtMs = atMs;
}

function taken(pool: Pool, id: number): Look[] {
  const known = pool.ranks.filter(({ rank }) => rank.id === id);
  if (known.length > 0) pool.ranks = pool.ranks.filter(({ rank }) => rank.id !== id);
  return known;
}

function sortLine(pool: Pool): void {
  pool.waiters.sort((a, b) => compareRank(a.rank, b.rank));
}

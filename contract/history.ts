import type { VerdictKind } from '../domain/attempt/verdict.ts';
import type { CameTo, Which } from './came-to.ts';
import type { EndedRun, RunPlace } from './listings.ts';
import type { Spread } from './report.ts';

// What has ended within a time, and what it tells in groups. Times are milliseconds since the epoch. What is not known is null.

/** Which ended runs a look is about. */
export interface PastAsked {
  /** Ended since. */
  sinceMs: number;
  /** Ended before; absent: until now. */
  untilMs?: number;
  /** That had its slot last, or alone might have had it. */
  agent?: string;
  /** Queue of the pool. */
  pool?: string;
}

/** Of the runs that ended within a time, the newest, each with its history. */
export interface PastRuns {
  atMs: number;
  sinceMs: number;
  untilMs: number;
  /** All that ended since then were looked at; later than `sinceMs` where there were too many, or the server keeps less. */
  knownSinceMs: number;
  /** For so long the server keeps ended runs; null: it does not say. */
  keptForMs: number | null;
  /** Newest first, without those that only left the line. */
  runs: EndedRun[];
  /** Runs that did nothing, since their task could not start then. */
  leftLine: number;
  /** Of the list of the server. */
  lookedAt: number;
  /** There are others, which ended before. `in-time`: the next look reads on; `no`: these are all; `too-many`: so many are never read. */
  more: 'no' | 'in-time' | 'too-many';
}

export const HISTORY_BY = ['hour', 'day', 'agent', 'recipe', 'pool', 'verdict'] as const;
export type HistoryBy = (typeof HISTORY_BY)[number];

/** How runs that were looked at are told. */
export interface GroupsAsked {
  by: HistoryBy;
  /** A name of the tz database: of hours and days. */
  timeZone: string;
  /** Only such runs. */
  which: Which;
  /** So many runs of each group are told one by one, the newest. */
  recent: number;
}

export interface RunHistory extends Omit<PastRuns, 'runs'> {
  by: HistoryBy;
  timeZone: string;
  all: RunGroup;
  /** Hours and days in their order, without those before `knownSinceMs`; else those with the most runs first. */
  groups: NamedGroup[];
  /** Groups that are not told, the ones that are earliest or have the fewest runs. */
  groupsLeftOut: number;
}

export interface NamedGroup extends RunGroup {
  /** `2026-11-26`, `2026-11-26T18:00+01:00`, a name; null: it has none, or that is not known. */
  key: string | null;
  /** Of an hour or a day: from when to when. `isWhole`: all of it is over and was looked at. */
  during?: { sinceMs: number; untilMs: number; isWhole: boolean };
  /** Newest first. */
  recent: RecentRun[];
}

export interface RunGroup {
  runs: number;
  cameTo: Record<CameTo, number>;
  /** Of the last attempt of each; null: it made none, or that is not known. The most frequent first. */
  verdicts: { verdict: VerdictKind | null; runs: number }[];
  /** For how long goose worked, in all attempts of a run; null: of none it is known. */
  working: Spread | null;
  /** From the start of a run until its first attempt; likewise. */
  waiting: Spread | null;
  attempts: number;
  /** Of these, those that went badly. */
  attemptsFailed: number;
  /** Of the attempts whose tokens are known; null: of none. */
  tokens: number | null;
  /** Attempts with goose whose tokens are not known. */
  unknownTokens: number;
}

/** A run, for a cell of a grid. */
export interface RecentRun extends RunPlace {
  taskId: number;
  agent: string | null;
  cameTo: CameTo;
  verdict: VerdictKind | null;
  attempts: number | null;
}

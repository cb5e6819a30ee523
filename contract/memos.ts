import type { Past } from '../domain/attempt/follow.ts';
import type { VerdictKind } from '../domain/attempt/verdict.ts';
import type { Rank } from '../domain/rank.ts';
import type { KnownOfAgent } from '../domain/slots/agent-slots.ts';
import type { Hold } from '../domain/slots/breaker.ts';
import type { PoolPolicy } from '../domain/slots/pool.ts';
import type { Ledger } from '../domain/slots/tokens.ts';
import type { Deed, Note } from './by-hand.ts';
import type { Complaint } from './complaint.ts';
import type { NotifierMemo } from './notify.ts';
import type { OccurrenceMemo } from './occurrence.ts';
import type { ScheduleMemo } from './schedule.ts';
import type { Serves } from './serves.ts';

/** What a semaphore keeps as its memo, so that it can be read without waking it. */
export interface SemaphoreMemo {
  policy: PoolPolicy;
  /** A person has paused the pool as a whole. */
  paused: boolean;
  /** A person has stopped its agents; absent: not so. */
  stopped?: true;
  /** The same trouble has taken several of its agents; absent: not so. */
  hold?: Hold;
  /** What it takes the scheduler for: paused or disabled. */
  schedulerPaused: boolean;
  /** A task may not be claimed any more with a grant of a smaller fence. */
  fencesFrom: number;
  /** Agents of which something is known besides the policy: see knownAgents. */
  agents: readonly KnownOfAgent[];
  /** What was taken of the pool's budget; absent: it has none. */
  tokens?: Ledger;
  /** About what people sent it. */
  complaints: Complaint[];
  /** Who did what last, of those who said so; absent where nobody did. */
  deeds?: Deed[];
}

/** The scheduler's memo: what has to be readable while no worker lives. */
export interface SchedulerMemo {
  /** By a person. */
  paused: boolean;
  /** A person has stopped all agents; absent: not so. */
  stopped?: true | undefined;
  /** `TINYSCHEDULER_ENABLED` of who schedules. */
  enabled: boolean;
  /** Absent before the first pass. */
  serves?: Serves;
  /** About what people sent it; absent where nothing was wrong. */
  complaints?: Complaint[];
  /** As in SemaphoreMemo. */
  deeds?: Deed[];
}

/** Kept as the run's memo, so that the next run of the task, and people, find it whatever ended this one. */
export interface RunMemo {
  /** What the attempts at the task came to. */
  past: Past;
  /** Of the task: another one may have its id by now. */
  createdAt: string;
  /** Workflow id of the semaphore that gives the run its slots. */
  semaphore: string;
  wants: string | null;
  /** With which it was started. */
  rank: Rank;
  /** When the survey that found the rank began, in milliseconds since the epoch. */
  rankedAtMs: number;
  /** For so long after it was ended its processes may live. Absent in a run of an earlier version. */
  heartbeatTimeoutMs?: number;
  /** Why it backs off or is parked, as a clause for people. */
  why?: string;
  /** Of the attempt after which it does; absent where no attempt led to it. */
  verdict?: VerdictKind;
  /** From what a person has called it back. */
  parkedBefore?: ParkedBefore;
}

/** Why a run was parked until a person called it back, and who did that. */
export interface ParkedBefore extends Note {
  /** As in RunMemo. */
  why: string;
  /** When it was called back, in milliseconds since the epoch. */
  atMs: number;
}

/** By workflow, the memo under the keys by which the server has it; the scheduler's own is spread over keys. */
export interface Memos {
  scheduler: SchedulerMemo;
  runTask: { run: RunMemo };
  poolSemaphore: { semaphore: SemaphoreMemo };
  schedule: ScheduleMemo;
  scheduledRun: { occurrence: OccurrenceMemo };
  occurrences: Record<never, never>;
  notifier: NotifierMemo;
}

/** A memo as the server gives it: of any workflow, of any version of ours. */
export type AnyMemo = Readonly<Record<string, unknown>> | undefined;

export function semaphoreMemoIn(memo: AnyMemo): SemaphoreMemo | undefined {
  return memo?.semaphore as SemaphoreMemo | undefined;
}

export function runMemoIn(memo: AnyMemo): RunMemo | undefined {
  return memo?.run as RunMemo | undefined;
}

export function scheduleMemoIn(memo: AnyMemo): ScheduleMemo | undefined {
  return memo?.schedule === undefined ? undefined : (memo as unknown as ScheduleMemo);
}

export function occurrenceMemoIn(memo: AnyMemo): OccurrenceMemo | undefined {
  return memo?.occurrence as OccurrenceMemo | undefined;
}

export function notifierMemoIn(memo: AnyMemo): NotifierMemo['notifier'] | undefined {
  return memo?.notifier as NotifierMemo['notifier'] | undefined;
}

export function schedulerMemoIn(memo: AnyMemo): SchedulerMemo {
  const known = (memo ?? {}) as Partial<SchedulerMemo>;
  const { paused = false, enabled = true, stopped, serves, complaints, deeds } = known;
  return {
    ...{ paused, enabled },
    ...(stopped && { stopped }),
    ...(serves && { serves }),
    ...(complaints && { complaints }),
    ...(deeds && { deeds }),
  };
}

/** Whether nothing may start. */
export function isHeld({ paused, stopped, enabled }: SchedulerMemo): boolean {
  return paused || stopped === true || !enabled;
}

import type { Past } from '../domain/attempt/follow.ts';
import type { Rank } from '../domain/rank.ts';
import type { KnownOfAgent } from '../domain/slots/agent-slots.ts';
import type { PoolPolicy } from '../domain/slots/pool.ts';
import type { Complaint } from './complaint.ts';
import type { Serves } from './serves.ts';

/** What a semaphore keeps as its memo, so that it can be read without waking it. */
export interface SemaphoreMemo {
  policy: PoolPolicy;
  paused: boolean;
  schedulerPaused: boolean;
  /** A grant with a smaller fence is no longer good for a claim. */
  fencesFrom: number;
  /** Agents of which something is known besides the policy: see knownAgents. */
  agents: KnownOfAgent[];
  /** About what people sent it. */
  complaints: Complaint[];
}

/** The scheduler's memo: what has to be readable while no worker lives. */
export interface SchedulerMemo {
  paused: boolean;
  /** `TINYSCHEDULER_ENABLED` of who schedules. */
  enabled: boolean;
  /** Absent before the first pass. */
  serves?: Serves;
  /** About what people sent it; absent where nothing was wrong. */
  complaints?: Complaint[];
}

/** Kept as the run's memo, so that the next run of the task, and people, find it whatever ended this one. */
export interface RunMemo {
  past: Past;
  createdAt: string;
  semaphore: string;
  wants: string | null;
  rank: Rank;
  rankedAtMs: number;
  /** After its end its processes may live for so long. Absent in a run of an earlier version. */
  heartbeatTimeoutMs?: number;
  /** Why it backs off or is parked, as a clause for people. */
  why?: string;
}

/** By workflow, the memo under the keys by which the server has it; the scheduler's own is spread over keys. */
export interface Memos {
  scheduler: SchedulerMemo;
  runTask: { run: RunMemo };
  poolSemaphore: { semaphore: SemaphoreMemo };
}

/** A memo as the server gives it: of any workflow, of any version of ours. */
export type AnyMemo = Readonly<Record<string, unknown>> | undefined;

export function semaphoreMemoIn(memo: AnyMemo): SemaphoreMemo | undefined {
  return memo?.semaphore as SemaphoreMemo | undefined;
}

export function runMemoIn(memo: AnyMemo): RunMemo | undefined {
  return memo?.run as RunMemo | undefined;
}

export function schedulerMemoIn(memo: AnyMemo): SchedulerMemo {
  const { paused = false, enabled = true, serves, complaints } = (memo ?? {}) as Partial<SchedulerMemo>;
  return { paused, enabled, ...(serves && { serves }), ...(complaints && { complaints }) };
}

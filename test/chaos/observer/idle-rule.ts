import { compareRank, type Rank } from '../../../domain/rank.ts';

/** A pool as its semaphore tells it in answer to `status`, as far as it is judged here. */
export interface PoolStatus {
  agents: readonly PoolAgent[];
  holders: readonly (RunRef & { agent: string })[];
  /** `wants`: the agent that its task asks for; null where any of the pool will do. */
  waiters: readonly (RunRef & { rank: Rank; wants: string | null })[];
  /** Runs that are being started. Until `untilMs` (since 1970) a slot is kept for each from those of worse ranks. */
  expected: readonly { rank: Rank; wants: string | null; untilMs: number }[];
  /** `freeAtMs`: since 1970. */
  dying: readonly (RunRef & { agent: string; freeAtMs: number })[];
  paused: boolean;
  schedulerPaused: boolean;
}

export interface PoolAgent {
  name: string;
  /** Slots by configuration; null: it is not there (any more). */
  limit: number | null;
  limitByHand: number | null;
  paused: boolean;
  health: { state: 'well' | 'cooling-down' | 'misconfigured'; reason?: string };
  /** It is granted nothing: who holds its slots is not known yet. */
  quiet: boolean;
}

interface RunRef {
  workflowId: string;
  runId: string;
}

/** One answer of a pool's semaphore. */
export interface PoolLook {
  /** When it came, in milliseconds since 1970. */
  atMs: number;
  /** Who could have done the work of workflows then: two looks with the same are one undisturbed time. */
  servedBy: string;
  status: PoolStatus;
}

/** An agent that was idle beside a run that it may take. */
export interface IdleBeside {
  agent: string;
  waiter: RunRef;
}

/** Longer than one message takes, also where everything is busy. */
export const IDLE_MS = 2_000;

/**
 * The agents that were idle and able at both looks, each with the run in line that it may take and did not get. Empty
 * where the looks are too close to each other, or where workers came and went between them.
 */
export function idleBesideWork(before: PoolLook, now: PoolLook): IdleBeside[] {
  if (now.atMs - before.atMs < IDLE_MS || before.servedBy !== now.servedBy || now.servedBy === '') return [];
  const was = idleAt(before);
  return idleAt(now).filter((idle) =>
    was.some(({ agent, waiter }) => agent === idle.agent && isSameRun(waiter, idle.waiter)),
  );
}

function idleAt({ atMs, status }: PoolLook): IdleBeside[] {
  const { agents, holders, waiters, paused, schedulerPaused } = status;
  if (paused || schedulerPaused) return [];
  const dying = status.dying.filter(({ freeAtMs }) => freeAtMs > atMs);
  const taken = [...holders, ...dying];
  // Of a task that was reset or started anew the run before may still have processes.
  const free = waiters.filter((waiter) => !taken.some((run) => isOtherRunOfItsTask(run, waiter)));
  const expected = status.expected.filter(({ untilMs }) => untilMs > atMs);
  return agents
    .filter(({ paused: off, health, quiet }) => !off && health.state === 'well' && !quiet)
    .flatMap(({ name, limit, limitByHand }) => {
      const slots = limit === null ? 0 : (limitByHand ?? limit);
      const used = taken.filter(({ agent }) => agent === name).length;
      const mayTake = ({ wants }: { wants: string | null }) => wants === null || wants === name;
      const isIdleFor = (rank: Rank) =>
        slots > used + expected.filter((run) => mayTake(run) && compareRank(run.rank, rank) < 0).length;
      return free
        .filter((waiter) => mayTake(waiter) && isIdleFor(waiter.rank))
        .map(({ workflowId, runId }) => ({ agent: name, waiter: { workflowId, runId } }));
    });
}

function isSameRun(a: RunRef, b: RunRef): boolean {
  return a.workflowId === b.workflowId && a.runId === b.runId;
}

function isOtherRunOfItsTask(run: RunRef, waiter: RunRef): boolean {
  return run.workflowId === waiter.workflowId && run.runId !== waiter.runId;
}

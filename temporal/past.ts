import type { Client } from '@temporalio/client';
import { NO_PAST, type Past, pastFrom } from '../domain/attempt/follow.ts';
import type { OpenRun } from '../domain/plan/input.ts';
import type { TaskRef } from '../domain/task.ts';
import { type KnownRun, lastRunOf, lingersMs } from './runs.ts';

/** What the last run of a task left for the next one. */
export interface FromLastRun {
  past: Past;
  /** Processes of the last run may live until then; 0 when it ended in order. By the server's clock. */
  notBeforeMs: number;
  /** The last run, where it is still open. */
  open?: KnownRun;
}

/** @param configuredMs the heartbeat timeout, for runs that do not say theirs */
export async function pastOf(client: Client, task: TaskRef, configuredMs: number): Promise<FromLastRun> {
  const last = await lastRunOf(client, task.id);
  if (last === undefined) return { past: NO_PAST, notBeforeMs: 0 };
  if (last.closedAtMs === null) return { past: NO_PAST, notBeforeMs: 0, open: last };
  const past = last.memo?.createdAt === task.createdAt ? pastFrom(last.memo.past) : NO_PAST;
  return { past, notBeforeMs: last.inOrder ? 0 : last.closedAtMs + lingersMs(last, configuredMs) };
}

/**
 * Whether an open run that the scheduler takes for ended goes on: it waits for a slot or is at an attempt. One that is past
 * its last attempt has told the scheduler that it ended. It will not say so again when it closes, so it must not be taken
 * for one in hand.
 */
export function goesOn({ phase, attempt }: KnownRun): boolean {
  return phase === 'waiting' || (phase === 'running' && attempt !== null);
}

export function asOpenRun({ taskId, agent, phase, memo }: KnownRun): OpenRun {
  const state = phase === 'backing-off' || phase === 'parked' ? phase : 'active';
  return { taskId, semaphore: memo?.semaphore ?? '', wants: memo?.wants ?? null, agent, state };
}

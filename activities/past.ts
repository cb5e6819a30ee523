import type { Client } from '@temporalio/client';
import { NO_PAST, type Past } from '../domain/attempts.ts';
import type { OpenRun } from '../domain/plan.ts';
import type { TaskRef } from '../domain/task.ts';
import { type KnownRun, lastRunOf } from './runs.ts';

/** What the last run of a task left for the next one. */
export interface LastWords {
  past: Past;
  /** Processes of the last run may live until then; 0 when it ended in order. Milliseconds since the epoch. */
  notBeforeMs: number;
  /** The last run, where it is still open. */
  open?: OpenRun;
}

export async function pastOf(client: Client, task: TaskRef, heartbeatTimeoutMs: number): Promise<LastWords> {
  const last = await lastRunOf(client, task.id);
  if (last === undefined) return { past: NO_PAST, notBeforeMs: 0 };
  if (last.closedAtMs === null) return { past: NO_PAST, notBeforeMs: 0, open: asOpenRun(last) };
  const past = last.memo?.createdAt === task.createdAt ? last.memo.past : NO_PAST;
  return { past, notBeforeMs: last.inOrder ? 0 : last.closedAtMs + heartbeatTimeoutMs };
}

export function asOpenRun({ taskId, agent, phase, memo }: KnownRun): OpenRun {
  const state = phase === 'backing-off' || phase === 'parked' ? phase : 'active';
  return { taskId, agent, state, extra: memo?.extra ?? false };
}

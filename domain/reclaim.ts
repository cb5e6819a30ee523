import { isSameTask, type Task } from './task.ts';

/** The last run of a task, as the server knows it. */
export interface LastRun {
  createdAt: string | null;
  /** Milliseconds since the epoch; null while it is open. */
  closedAtMs: number | null;
  /** It returned by itself, so what it left behind it meant to leave. */
  inOrder: boolean;
}

export type ReclaimDecision = { do: 'reclaim' } | { do: 'wait'; untilMs: number } | { do: 'leave' };

/**
 * What to do with a `working` task that no open run of ours has. It is ours to take back only if our last
 * run of it did not end in order and nobody changed it since; otherwise somebody else works on it.
 */
export function decideReclaim(
  task: Task,
  last: LastRun | undefined,
  heartbeatTimeoutMs: number,
  nowMs: number,
): ReclaimDecision {
  if (last === undefined || last.closedAtMs === null || last.inOrder) return { do: 'leave' };
  if (last.createdAt === null || !isSameTask(task, { id: task.id, createdAt: last.createdAt })) {
    return { do: 'leave' };
  }
  // TinyTask's times have whole seconds.
  const changedAtMs = Date.parse(task.updatedAt);
  if (changedAtMs > last.closedAtMs) return { do: 'leave' };
  const untilMs = last.closedAtMs + heartbeatTimeoutMs;
  return nowMs < untilMs ? { do: 'wait', untilMs } : { do: 'reclaim' };
}

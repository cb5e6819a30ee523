import { isSameTask, type Task } from '../task.ts';

/** The last run of a task, as the server knows it. */
export interface LastRun {
  /** Whom it had a slot of; null: nobody, or not known. */
  agent: string | null;
  createdAt: string | null;
  /** Milliseconds since the epoch, by the server's clock; null while it is open. */
  closedAtMs: number | null;
  /** It returned by itself, so what it left behind it meant to leave. */
  inOrder: boolean;
  /** It, or the run that it was reset from, was at an attempt and may have set the task to `working`. */
  mayHaveClaimed: boolean;
  /** Of the run itself: the configuration may have changed since it began. */
  heartbeatTimeoutMs: number;
}

export type ReclaimDecision = { do: 'reclaim' } | { do: 'wait'; untilMs: number } | { do: 'leave' };

/**
 * What to do with a `working` task that no open run of ours has. It is ours to take back only if our last run of it may
 * have claimed it and did not end in order, its agent still has it, and nobody else has changed it since. What was
 * written within one heartbeat timeout after the end counts as the run's own: its host notices the end only then, and
 * its agent goes on writing until it is stopped. So TinyTask's clock may be ahead of the server's by as much, too.
 * Taking back only sets the status, so it undoes nothing else that a person changes in that time; what a person sets to
 * `working` under the agent's own name within it cannot be told from the run's own.
 *
 * @param nowMs milliseconds since the epoch, by the server's clock
 */
export function decideReclaim(task: Task, last: LastRun | undefined, nowMs: number): ReclaimDecision {
  if (task.status !== 'working') return { do: 'leave' };
  if (last === undefined || last.closedAtMs === null || last.inOrder) return { do: 'leave' };
  if (last.createdAt === null || !isSameTask(task, { id: task.id, createdAt: last.createdAt })) {
    return { do: 'leave' };
  }
  if (!last.mayHaveClaimed || last.agent === null || task.assignedTo !== last.agent) return { do: 'leave' };
  const goneAtMs = last.closedAtMs + last.heartbeatTimeoutMs;
  // TinyTask's times have whole seconds.
  if (Date.parse(task.updatedAt) > goneAtMs) return { do: 'leave' };
  return nowMs < goneAtMs ? { do: 'wait', untilMs: goneAtMs } : { do: 'reclaim' };
}

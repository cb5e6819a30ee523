import type { Waiting } from '../../domain/plan/decision.ts';
import { sayWaiting } from '../../words/reason.ts';

/** A task that waits; `still` is there where something will keep it after its first reason. */
export function waitingJson(task: Waiting & { queue?: string | null }): Record<string, unknown> {
  const { taskId, reason, still, queue } = task;
  return {
    task_id: taskId,
    ...(queue !== undefined && { queue }),
    reason: reason.why,
    ...(still && { still: still.why }),
    says: sayWaiting(task),
  };
}

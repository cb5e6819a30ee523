import type { Waiting } from '../../domain/plan.ts';
import { sayWaiting } from '../../domain/reason.ts';

/** A task that waits; `still` is there where something will keep it after its first reason. */
export function waitingJson(task: Waiting): Record<string, unknown> {
  const { taskId, reason, still } = task;
  return {
    task_id: taskId,
    reason: reason.why,
    ...(still && { still: still.why }),
    says: sayWaiting(task),
  };
}

/** A run that asks for, holds or gives back a slot. The run id tells a reset run from the one before it. */
export interface RunRef {
  workflowId: string;
  runId: string;
}

/** Without whatever else is known of the run. */
export function refOf({ workflowId, runId }: RunRef): RunRef {
  return { workflowId, runId };
}

export function isSameRun(a: RunRef, b: RunRef): boolean {
  return a.workflowId === b.workflowId && a.runId === b.runId;
}

// For `find` and `filter`.
export const sameRun = (a: RunRef) => (b: RunRef) => isSameRun(a, b);
export const otherRun = (a: RunRef) => (b: RunRef) => !isSameRun(a, b);

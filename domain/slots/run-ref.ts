/** A run that asks for, holds or gives back a slot. The run id tells a reset run from the one before it. */
export interface RunRef {
  workflowId: string;
  runId: string;
}

export function isSameRun(a: RunRef, b: RunRef): boolean {
  return a.workflowId === b.workflowId && a.runId === b.runId;
}

export const same = (a: RunRef) => (b: RunRef) => isSameRun(a, b);
export const other = (a: RunRef) => (b: RunRef) => !isSameRun(a, b);

export function ref({ workflowId, runId }: RunRef): RunRef {
  return { workflowId, runId };
}

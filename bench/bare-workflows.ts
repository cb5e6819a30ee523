import { executeChild, ParentClosePolicy, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { BareActivities } from './bare.ts';

// The least that Temporal can be asked for one task: a parent that runs children with one activity each.

const { work } = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute' });

export async function bareParent(lanes: number, childrenPerLane: number, sleepMs: number): Promise<void> {
  const { workflowId } = workflowInfo();
  const runLane = async (lane: number) => {
    for (let child = 0; child < childrenPerLane; child++) {
      await executeChild(bareChild, {
        workflowId: `${workflowId}-${lane}-${child}`,
        args: [lane, sleepMs],
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
}

export async function bareChild(lane: number, sleepMs: number): Promise<void> {
  await work(lane, sleepMs);
}

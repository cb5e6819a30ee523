import { ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { MAIN_QUEUE, occurrenceId } from '../../contract/ids.ts';
import { inBatches } from '../../contract/in-batches.ts';
import type { Memos } from '../../contract/memos.ts';
import { SCHEDULED_RUN, type Workflows } from '../../contract/workflows.ts';
import type { ScheduleState, ToStart } from './schedule-state.ts';

/** Of the same second by hand. */
const TRIES = 100;

/** Starts the occurrences that are to be started by us. */
export async function startOccurrences({ toStart }: ScheduleState): Promise<void> {
  await inBatches(toStart.splice(0), async (start) => {
    start.started = await startOne(start);
  });
}

/** Workflow ids of occurrences that a person starts, the best first. No tick has one that ends so. */
export function idsByHand(name: string, plannedMs: number, ending: 'now' | 'backfill' | 'missed'): string[] {
  const first = `${occurrenceId(name, plannedMs)}-${ending}`;
  return [first, ...Array.from({ length: TRIES }, (_, at) => `${first}-${at + 2}`)];
}

async function startOne({ input, ids }: ToStart): Promise<string | null> {
  for (const id of ids) if (await startAs(id, input)) return id;
  return null;
}

/** Says whether it was started: there may be or have been one with this id. */
async function startAs(workflowId: string, input: ToStart['input']): Promise<boolean> {
  const { schedule, plannedMs } = input;
  const memo: Memos['scheduledRun'] = { occurrence: { schedule, plannedMs, phase: 'beginning' } };
  try {
    await startChild<Workflows['scheduledRun']>(SCHEDULED_RUN, {
      ...{ workflowId, args: [input], taskQueue: MAIN_QUEUE, memo: { ...memo } },
      // What becomes of the schedule ends none of its occurrences.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      staticSummary: `schedule ${schedule}`,
    });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') return false;
    throw error;
  }
}

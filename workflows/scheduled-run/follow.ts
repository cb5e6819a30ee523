import { ActivityFailure, condition } from '@temporalio/workflow';
import type { Begun, OccurrenceEnd } from '../../contract/occurrence.ts';
import type { TaskRef } from '../../domain/task.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import { activities } from './activities.ts';
import { endOf, reasonOf, stoppedEnd } from './end.ts';
import type { OccurrenceRun } from './occurrence-run.ts';

/** It looks by itself, too, since a wake can be lost; less often the longer its task takes. */
const FIRST_LOOK_MS = 15_000;
const LONGEST_MS = 300_000;

/** Makes its task, once: for nobody first, so that one that was made twice is never run twice. */
export async function makeTask(run: OccurrenceRun, begun: Begun): Promise<TaskRef> {
  const { workflowId } = run.ref;
  const { plannedMs } = run.asked;
  const made = await activities.createTask({
    ...{ occurrence: workflowId, begun, plannedMs, mayBeThere: run.isLaterRun },
  });
  const task = { id: made.id, createdAt: made.createdAt };
  run.task = task;
  // Whoever runs it finds here what it is, so before anybody can.
  run.enter('working', `Its task is ${task.id}.`);
  if (run.whyStopped === undefined) await release(task, begun);
  if (made.again || run.isLaterRun) await activities.tidyUp({ occurrence: workflowId, task });
  return task;
}

/** One that cannot be given away would lie there for nobody. */
async function release(task: TaskRef, begun: Begun): Promise<void> {
  try {
    await activities.releaseTask({ task, begun });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    await activities.callOff({ task, why: `it could not be given away: ${reasonOf(error)}` });
    throw error;
  }
}

/** Follows its task to the end. */
export async function follow(run: OccurrenceRun, begun: Begun, task: TaskRef): Promise<OccurrenceEnd> {
  run.enter('working', `Its task is ${task.id}.`);
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_MS)) {
    if (run.whyStopped !== undefined) {
      const look = await activities.callOff({ task, why: run.whyStopped });
      return stoppedEnd(task, look, run.whyStopped);
    }
    run.lookDue = false;
    const ended = endOf(task, await activities.lookAtTaskOfOccurrence({ task }));
    if (ended !== undefined) return ended;
    await condition(() => run.lookDue || run.whyStopped !== undefined || hasLongHistory(), waitMs);
    if (hasLongHistory() && run.whyStopped === undefined)
      await continueAsNew<'scheduledRun'>(run.successor(begun), { occurrence: run.memo() });
  }
}

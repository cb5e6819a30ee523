import { ActivityFailure, ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import { OCCURRENCES_ID, scheduleWorkflowId } from '../../contract/ids.ts';
import { occurrenceEnded, occurrenceLeft } from '../../contract/messages.ts';
import type { OccurrenceEnd, OccurrenceInput, OccurrenceResult } from '../../contract/occurrence.ts';
import { sayOccurrenceEnd } from '../../words/occurrence.ts';
import { send } from '../sdk/send.ts';
import { activities } from './activities.ts';
import { readAsked } from './asked.ts';
import { endWithoutTask, reasonOf } from './end.ts';
import { waitToEnter } from './enter.ts';
import { follow, makeTask } from './follow.ts';
import { handleMessages } from './messages.ts';
import { OccurrenceRun } from './occurrence-run.ts';

/**
 * One occurrence of a schedule: asks its schedule what it is to do, waits until it may, makes one task and follows it to its
 * end. It ends well or badly as the task does.
 */
export async function scheduledRun(input: OccurrenceInput): Promise<OccurrenceResult> {
  const run = new OccurrenceRun(readAsked(input));
  handleMessages(run);
  // One that is cancelled still calls its task off, and tells of its end.
  const occurrence = await CancellationScope.nonCancellable(() => live(run));
  if (occurrence.end === 'done' || occurrence.end === 'left-out') return { occurrence };
  const { end, reason = end } = occurrence;
  throw ApplicationFailure.nonRetryable(reason, `occurrence-${end}`, {
    occurrence,
  } satisfies OccurrenceResult);
}

async function live(run: OccurrenceRun): Promise<OccurrenceEnd> {
  const ended = await work(run).catch((error: unknown) => {
    // Nobody learns that a place is free, unless it goes on to its end.
    if (!(error instanceof ActivityFailure)) throw error;
    return endWithoutTask('failed', reasonOf(error), run.task ?? null);
  });
  run.over(ended, `${sentence(sayOccurrenceEnd(ended))}.`);
  const { ref } = run;
  const hasBegun = run.begun !== undefined;
  if (hasBegun) await send({ workflowId: OCCURRENCES_ID }, occurrenceLeft, ref);
  // A schedule that did not let it begin has written down why.
  if (hasBegun || ended.end !== 'left-out')
    await send({ workflowId: scheduleWorkflowId(run.asked.schedule) }, occurrenceEnded, run.told(ended));
  return ended;
}

async function work(run: OccurrenceRun): Promise<OccurrenceEnd> {
  if (run.begun === undefined) {
    run.enter('beginning', `Asks the schedule ${run.asked.schedule}.`);
    const answer = await activities.begin(run.beginInput);
    if ('not' in answer) return { end: 'left-out', because: answer.not };
    run.begun = answer.begun;
  }
  const { begun } = run;
  if (run.enteredMs === undefined) {
    const leftOut = await waitToEnter(run, begun);
    if (leftOut !== undefined) return leftOut;
  }
  if (run.task === undefined && run.whyStopped !== undefined)
    return endWithoutTask('cancelled', run.whyStopped, null);
  return follow(run, begun, run.task ?? (await makeTask(run, begun)));
}

function sentence(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}`;
}

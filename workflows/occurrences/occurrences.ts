import { condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { AdmissionActivities } from '../../contract/activities.ts';
import { MAIN_QUEUE } from '../../contract/ids.ts';
import { inBatches } from '../../contract/in-batches.ts';
import {
  askToEnter,
  enterOccurrence,
  occurrenceLeft,
  occurrencesClosed,
  occurrencesStatus,
} from '../../contract/messages.ts';
import type { OccurrencesInput } from '../../contract/occurrences-input.ts';
import { withReasons } from '../../domain/schedule/admission.ts';
import { Answers, fulfil } from '../sdk/fulfil.ts';
import { heed } from '../sdk/heed.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import { send } from '../sdk/send.ts';
import { SHORT_ACTIVITY } from '../sdk/short-activity.ts';
import { Line } from './line.ts';

const { occurrencesUnderWay } = proxyActivities<AdmissionActivities>({
  ...SHORT_ACTIVITY,
  taskQueue: MAIN_QUEUE,
});

/**
 * Lets the occurrences of all schedules in, one after the other: who may work is decided in one place. It has no timers: those
 * in line ask again, and say what they have found closed. Never completes.
 */
export async function occurrences(input: OccurrencesInput): Promise<void> {
  const line = new Line(input);
  const answers = new Answers(input.carried?.answers);
  fulfil(answers, enterOccurrence, async (asked) => {
    if (!line.isWhole) await condition(() => line.isWhole);
    return line.enter(asked, Date.now());
  });
  heed(occurrenceLeft, (gone) => line.leave([gone]));
  heed(occurrencesClosed, (gone) => line.leave(gone));
  setHandler(occurrencesStatus, () => ({ known: withReasons(line.known, Date.now()) }));
  // It is the first one, or somebody has ended the one before it.
  if (!line.isWhole) line.found(await occurrencesUnderWay());

  for (;;) {
    await condition(() => line.toTell.size > 0 || hasLongHistory());
    const told = [...line.toTell];
    line.toTell.clear();
    const reached = await inBatches(told, (workflowId) => send({ workflowId }, askToEnter));
    line.notThere(told.filter((_, at) => !reached[at]));
    if (hasLongHistory() && line.toTell.size === 0 && answers.atRest)
      await continueAsNew<'occurrences'>({ carried: { known: line.known, answers: answers.carried } }, {});
  }
}

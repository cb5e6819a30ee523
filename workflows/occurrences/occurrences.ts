import { condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { AdmissionActivities } from '../../contract/activities.ts';
import { MAIN_QUEUE } from '../../contract/ids.ts';
import { inBatches } from '../../contract/in-batches.ts';
import {
  askToEnter,
  enterAnswered,
  enterOccurrence,
  occurrenceLeft,
  occurrencesClosed,
  occurrencesStatus,
} from '../../contract/messages.ts';
import type { OccurrencesInput } from '../../contract/occurrences-input.ts';
import { heed } from '../sdk/heed.ts';
import { hasLongHistory, hasVeryLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import { Replies } from '../sdk/replies.ts';
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
  const replies = new Replies();
  heed(enterOccurrence, (asked, asking) =>
    line.ask(asked, (answer) => replies.put(asked.workflowId, enterAnswered, answer, asking)),
  );
  heed(occurrenceLeft, (gone) => line.leave([gone]));
  heed(occurrencesClosed, (gone) => line.leave(gone));
  setHandler(occurrencesStatus, (ids) => ({ known: ids ? line.named(ids) : line.first() }));
  // It is the first one, or somebody has ended the one before it.
  if (!line.isWhole) line.found(await occurrencesUnderWay());

  void replies.send();

  const isToContinue = () => hasLongHistory() && (replies.atRest || hasVeryLongHistory());
  for (;;) {
    await condition(() => line.toTell.size > 0 || isToContinue());
    const told = [...line.toTell];
    line.toTell.clear();
    const reached = await inBatches(told, (workflowId) => send({ workflowId }, askToEnter));
    line.notThere(told.filter((_, at) => !reached[at]));
    if (isToContinue() && line.toTell.size === 0)
      await continueAsNew<'occurrences'>({ carried: { known: line.known } }, {});
  }
}

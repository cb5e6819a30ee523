import { ApplicationFailure, allHandlersFinished, condition, setHandler } from '@temporalio/workflow';
import { inBatches } from '../../contract/in-batches.ts';
import {
  askToEnter,
  enterOccurrence,
  occurrenceLeft,
  occurrencesClosed,
  occurrencesStatus,
} from '../../contract/messages.ts';
import type { EnterAsked } from '../../contract/occurrence.ts';
import type { OccurrencesInput } from '../../contract/occurrences-input.ts';
import { withReasons } from '../../domain/schedule/admission.ts';
import { heed } from '../sdk/heed.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import { send } from '../sdk/send.ts';
import { Line } from './line.ts';

/**
 * Lets the occurrences of all schedules in, one after the other: who may work is decided in one place. It has no timers, and
 * asks nobody: those in line ask again, and say what they have found closed. Never completes.
 */
export async function occurrences(input: OccurrencesInput): Promise<void> {
  const line = new Line(input);
  setHandler(enterOccurrence, (asked) => line.enter(read(asked), Date.now()), { validator: refuseWrong });
  heed(occurrenceLeft, (gone) => line.leave([gone]));
  heed(occurrencesClosed, (gone) => line.leave(gone));
  setHandler(occurrencesStatus, () => ({ known: withReasons(line.known, Date.now()) }));

  for (;;) {
    await condition(() => line.toTell.size > 0 || hasLongHistory());
    const told = [...line.toTell];
    line.toTell.clear();
    const reached = await inBatches(told, (workflowId) => send({ workflowId }, askToEnter));
    line.notThere(told.filter((_, at) => !reached[at]));
    // The server takes 2,000 updates in one run, and says so before.
    if (hasLongHistory() && line.toTell.size === 0 && allHandlersFinished())
      await continueAsNew<'occurrences'>({ carried: { known: line.known } }, {});
  }
}

/** @throws WrongShape */
function read(asked: EnterAsked): EnterAsked {
  return enterOccurrence.shapes[0](asked);
}

function refuseWrong(asked: EnterAsked): void {
  try {
    read(asked);
  } catch (error) {
    throw ApplicationFailure.nonRetryable(`it was asked by something that ${(error as Error).message}`);
  }
}

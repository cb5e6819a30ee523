import { CancellationScope, isCancellation, setHandler } from '@temporalio/workflow';
import { askToEnter, makeWay, note, occurrenceStatus, runChanged } from '../../contract/messages.ts';
import { heed } from '../sdk/heed.ts';
import type { OccurrenceRun } from './occurrence-run.ts';

/** Handles all messages to an occurrence. Handlers only record; its steps look at what they recorded. */
export function handleMessages(run: OccurrenceRun): void {
  heed(askToEnter, () => {
    run.askDue = true;
  });
  // Anybody may tag a task with the id of this occurrence, so the run of another one may tell it of itself.
  heed(runChanged, ({ taskId }) => {
    if (taskId === run.task?.id) run.lookDue = true;
  });
  heed(makeWay, (newer) =>
    run.stop(`a later one of its schedule is due (${newer}), and its overlap policy is cancel`),
  );
  heed(note, (said) => {
    run.cancelledBy = said;
  });
  setHandler(occurrenceStatus, () => run.memo());
  CancellationScope.current().cancelRequested.catch((error) => {
    if (isCancellation(error)) run.cancel();
  });
}

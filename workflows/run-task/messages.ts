import { CancellationScope, isCancellation, setHandler } from '@temporalio/workflow';
import {
  askAgain,
  grantSlot,
  lookAgain,
  note,
  retry,
  runStatus,
  stopAttempt,
  withdraw,
} from '../../contract/messages.ts';
import { heed } from '../sdk/heed.ts';
import type { TaskRun } from './task-run.ts';

/** Handles all messages to a run. Handlers only record; the steps of the run look at what they recorded. */
export function handleMessages(run: TaskRun): void {
  heed(grantSlot, (grant) => {
    if (!run.isUsedUp(grant)) run.grants.push(grant);
  });
  heed(withdraw, () => {
    run.withdrawn = true;
  });
  heed(retry, (said) => {
    run.retried = true;
    run.retriedBy = said && { ...said, atMs: Date.now() };
  });
  heed(note, (said) => {
    run.cancelledBy = said;
  });
  heed(stopAttempt, (attempt) => run.stop(attempt));
  heed(lookAgain, () => {
    run.lookDue = true;
  });
  heed(askAgain, () => {
    run.askDue = true;
  });
  setHandler(runStatus, () => run.status());
  CancellationScope.current().cancelRequested.catch((error) => {
    if (isCancellation(error)) run.cancelled = true;
  });
}

import { workflowInfo } from '@temporalio/workflow';

/** Events after which the state is carried over to a new run. */
const LONG = 2_000;
/** Of 50 MB, at which the server ends a run. One pass over 100,000 tasks is a part of it. */
const LARGE_BYTES = 8_000_000;

/** Whether it cannot wait any longer for a good moment: the server takes 10,000 signals in one run. */
export function hasVeryLongHistory(): boolean {
  return workflowInfo().historyLength > 2 * LONG;
}

/**
 * Whether it is time to continue as new. The server suggests it also when older clients have asked a run for nearly as many passes
 * by Update as it takes: 2,000 (`history.maxTotalUpdates`).
 */
export function hasLongHistory(): boolean {
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength > LONG || historySize > LARGE_BYTES;
}

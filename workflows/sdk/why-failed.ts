import type { ActivityFailure } from '@temporalio/workflow';
import { cut } from '../../domain/cut.ts';

/** Why an activity failed for good, as a clause for people. */
export function whyFailed({ cause, message }: ActivityFailure): string {
  return cut(cause?.message ?? message);
}

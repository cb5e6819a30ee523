import type { OpenTask } from '../contract/listings.ts';
import { sayWaiting } from './reason.ts';
import { sayRun } from './run.ts';

/** Why an open task is where it is, as a clause for people. */
export function sayOpenTask({ run, waits }: OpenTask): string {
  if (run !== null) return sayRun(run);
  return waits === null ? 'the next look tells why' : sayWaiting(waits);
}

/** The same of one that is complete. */
export function sayComplete(): string {
  return 'it is complete';
}

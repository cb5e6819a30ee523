import type { Parked, Selection } from '../../scheduler-client.ts';
import { UsageError } from './context.ts';

/** What a command is about, and why it is given. */
export type Selected = Selection & { note?: string };

type Many = { all?: boolean; note?: string };
export type RetryOptions = Many & Parked;
export type CancelOptions = Many & Selection;

/** @throws UsageError where both are named */
export function nameOf(verb: string, { agent, queue }: Selection): string {
  if (agent !== undefined && queue !== undefined)
    throw new UsageError(`${verb}: give --agent or --queue, not both`);
  if (agent !== undefined) return `Agent ${agent}`;
  return queue === undefined ? 'The scheduler' : `Queue "${queue}"`;
}

/** The options that say the same again. */
export function optionsOf({ agent, queue }: Selection): string {
  if (agent !== undefined) return ` --agent ${agent}`;
  return queue === undefined ? '' : ` --queue ${queue}`;
}

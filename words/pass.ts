import type { PassReport } from '../contract/pass.ts';
import { BLOCKING_OFF } from './problem.ts';
import { sayCycle } from './reason.ts';

type SeenInPass = Pick<PassReport, 'cycles' | 'blockingOff'>;

/** What a report has of what each look sees anew. */
export function seenInPass(seen: { cycles: readonly number[][]; blockingOff: boolean }): SeenInPass {
  const { cycles, blockingOff } = seen;
  return {
    ...(cycles.length > 0 && { cycles: cycles.map(sayCycle) }),
    ...(blockingOff && { blockingOff }),
  };
}

/** What a person should know of a pass though nothing went wrong, as sentences. */
export function sayWarnings({
  warnings,
  cycles = [],
  blockingOff,
}: SeenInPass & Pick<PassReport, 'warnings'>): string[] {
  return [...warnings, ...(blockingOff ? [BLOCKING_OFF] : []), ...cycles];
}

import { compileTiming, type WhenDue } from '../../domain/schedule/compile.ts';
import { type HowFar, timesOf } from '../../domain/schedule/matching-times.ts';

/** When a schedule is due after a moment, jitter left out, by its timing as it was written. */
export function matchingTimes(when: WhenDue, fromMs: number, howFar: HowFar): number[] {
  return timesOf(compileTiming(when), fromMs, howFar);
}

import type { ScheduleState } from './kept.ts';

/** What is told of when a schedule comes: its next times, oldest first, and those of them that a person leaves out. */
export interface ComingTimes {
  state: ScheduleState;
  nextMs: readonly number[];
  skips: readonly number[];
}

/** When it is due next: not while it is paused, nor at a time that a person leaves out. Undefined: that is not known, or never. */
export function dueNextMs({ state, nextMs, skips }: ComingTimes): number | undefined {
  return state === 'active' ? nextMs.find((ms) => !skips.includes(ms)) : undefined;
}

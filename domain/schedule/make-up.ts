import { missedBecause } from './ended.ts';
import { hasBegun, isOpen } from './history.ts';
import type { ScheduleCarried } from './kept.ts';
import type { Occurrence } from './occurrence.ts';

// A time of the plan at which nothing began is made up for once: by a backfill, or since a person decides to run what was missed.

/** What is known of a time, but for what a person had run at that moment. */
export function linesFor({ history }: ScheduleCarried, plannedMs: number): Occurrence[] {
  return history.filter((line) => line.plannedMs === plannedMs && line.trigger !== 'run-now');
}

/** What has begun for it, or is expected to. One that was not let in has done nothing. */
export function lineFor(kept: ScheduleCarried, plannedMs: number): Occurrence | undefined {
  return linesFor(kept, plannedMs).find(
    (line) => isOpen(line) || (hasBegun(line) && line.ended?.end !== 'left-out'),
  );
}

/** Whether something has begun for it, or a person has decided that it does, and its occurrence has not said anything yet. */
export function isMadeUpFor(kept: ScheduleCarried, plannedMs: number): boolean {
  if (lineFor(kept, plannedMs) !== undefined) return true;
  const lines = linesFor(kept, plannedMs);
  return lines.some(({ decided }) => decided === 'run') && lines.every(({ trigger }) => trigger === 'plan');
}

/** A backfill begins for it: whoever has that decides nothing more about what was missed. */
export function makeUpFor(kept: ScheduleCarried, plannedMs: number): void {
  for (const line of linesFor(kept, plannedMs)) if (missedBecause(line)) line.decided = 'run';
}

import type { KnownRun } from '../temporal/runs.ts';

/**
 * How many slots of an agent these runs of it have. One that runs and has no attempt has given its slot back and writes its result,
 * or has just got it: nobody tells which, and of those there are never more than slots.
 */
export function slotsHeld(runs: readonly KnownRun[], limit: number): number {
  const running = runs.filter(({ phase }) => phase === 'running');
  const withAttempt = running.filter(({ attempt }) => attempt !== null).length;
  return Math.max(withAttempt, Math.min(running.length, limit));
}

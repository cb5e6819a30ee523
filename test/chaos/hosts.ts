import type { Random } from './random.ts';
import { CLOCK_AHEAD_MS } from './rules.ts';

export const WORKERS: readonly string[] = ['worker-1', 'worker-2'];

/** Where a worker runs: workers of one host look after each other's runs, and have one clock. */
export interface Host {
  name: string;
  clockAheadMs: number;
}

/** Two workers of one host have one clock, so one with a clock of its own is on a host of its own. */
export function hostOf(worker: string, ahead: string): Host {
  if (ahead === 'nobody') return { name: 'host-1', clockAheadMs: 0 };
  return worker === ahead
    ? { name: 'host-ahead', clockAheadMs: CLOCK_AHEAD_MS }
    : { name: 'host-1', clockAheadMs: 0 };
}

/** `asked`: a worker, `nobody`, or undefined; then the seed says whose clock is ahead. */
export function aheadOf(asked: string | undefined, random: Random): string {
  return asked ?? random.pick([...WORKERS, 'nobody']) ?? 'nobody';
}

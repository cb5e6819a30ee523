import { availableParallelism, loadavg } from 'node:os';

/**
 * How long what may take `ms` on an idle machine may take on this one now: where three processes want each processor, thrice as long.
 * For every claim that something is over soon, which is a claim about us and not about who else has work.
 */
export function allowed(ms: number): number {
  const [wanting = 0] = loadavg();
  return Math.ceil(ms * Math.max(1, (SPARE * wanting) / availableParallelism()));
}

/** Work comes in bursts: for a moment more processes want a processor than in the minute before. */
const SPARE = 2;

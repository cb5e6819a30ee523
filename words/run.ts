import type { RunLine } from '../contract/status.ts';

/** What its task does, as a clause for people: `runs on vaela, attempt 2`. */
export function sayRun({ state, agent: known, whose, attempt, why }: RunLine): string {
  const agent = known ?? whose;
  switch (state) {
    case 'running':
      return `runs on ${agent}, attempt ${Math.max(1, attempt)}`;
    case 'waiting-for-slot':
      return `waits in line for a slot of ${whose}${why === undefined ? '' : `: ${why}`}`;
    case 'waiting-for-host':
      return `has a slot of ${agent}, and waits for a goose host with room`;
    case 'interrupted':
      return `was interrupted on ${agent}, and runs again when a daemon or \`run --once\` is there`;
    case 'backing-off':
      return `backs off after a failed attempt on ${agent}${why === undefined ? '' : ` (${why})`}, and then runs again`;
    case 'parked':
      return `is parked: it runs again after \`retry\` (${why ?? 'its last comment says why'})`;
  }
}

import type { RunLine } from '../contract/status.ts';
import { sayWaiting } from './reason.ts';
import { sayWhose } from './whose.ts';

/** What its task does, as a clause for people: `runs on vaela, attempt 2`. */
export function sayRun(run: RunLine): string {
  const { state, attempt } = run;
  const whose = sayWhose(run.whose);
  const agent = run.agent ?? whose;
  const why = sayWhy(run);
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

/** Why it is in line, backs off or is parked, as a clause; undefined where nobody knows. */
export function sayWhy({ waits, cause }: RunLine): string | undefined {
  return waits === undefined ? cause : sayWaiting(waits);
}

import type { TaskLine } from '../../api/shapes.ts';

/** An open task as lists have it. */
export type Line = TaskLine;

/** Reasons that a free slot ends: nothing else keeps such a task. As the API counts `oldest_ready`. */
const READY = new Set(['starting', 'slot-due', 'agent-full', 'pool-full', 'starts-limited']);

/** Where a task belongs on this view. */
export type Place = 'slot' | 'ready' | 'blocked' | 'cannot' | 'parked' | 'backing-off' | 'elsewhere' | 'over';

export function placeOf({ phase, reason }: Line): Place {
  switch (phase) {
    case 'running':
    case 'interrupted':
    case 'waiting-for-host':
      return 'slot';
    case 'waiting-for-slot':
      return reason === null || READY.has(reason) ? 'ready' : 'cannot';
    case 'waiting':
      return reason !== null && READY.has(reason) ? 'ready' : 'cannot';
    case 'blocked':
    case 'parked':
    case 'backing-off':
      return phase;
    case 'working-elsewhere':
      return 'elsewhere';
    case 'complete':
      return 'over';
  }
}

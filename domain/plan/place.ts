import type { Standing } from './decision.ts';
import type { Reason } from './reason.ts';

/** Where a task is among those that wait for the same slots. */
export interface Place {
  /** 1: it gets the next slot. */
  place: number;
  /** Ids of the tasks before it, the next one first; at most `SHOWN`. */
  before: number[];
  /** Ids of the tasks that have these slots now; at most `SHOWN`. */
  holders: number[];
  holdersTotal: number;
}

const SHOWN = 5;
const AWAITS_SLOT: readonly Reason['why'][] = [
  'starting',
  'slot-due',
  'agent-full',
  'pool-full',
  'starts-limited',
];

/** Null for a task that does not wait for a slot: another reason decides, or it has one. */
export function placeOf(standings: ReadonlyMap<number, Standing>, taskId: number): Place | null {
  const standing = standings.get(taskId);
  if (standing === undefined || !awaitsSlot(standing)) return null;
  const before: number[] = [];
  const holders: number[] = [];
  let isBefore = true;
  for (const other of standings.values()) {
    if (other === standing) isBefore = false;
    else if (wantSame(standing, other)) {
      if (other.reasons[0]?.why === 'running') holders.push(other.taskId);
      else if (isBefore && awaitsSlot(other)) before.push(other.taskId);
    }
  }
  return {
    ...{ place: before.length + 1, before: before.slice(0, SHOWN) },
    ...{ holders: holders.slice(0, SHOWN), holdersTotal: holders.length },
  };
}

function awaitsSlot({ reasons: [first], slot }: Standing): boolean {
  return first !== undefined && slot !== undefined && AWAITS_SLOT.includes(first.why);
}

/** Whether a slot that one of them gets could have been the other's. */
function wantSame({ slot: a }: Standing, { slot: b }: Standing): boolean {
  if (a === undefined || b === undefined || a.semaphore !== b.semaphore) return false;
  return a.agent === null || b.agent === null || a.agent === b.agent;
}

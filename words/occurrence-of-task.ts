import type { FoundOccurrence, TaskOccurrence } from '../contract/occurrence-of-task.ts';
import { sayMomentInBoth } from './due.ts';
import { sayOccurrenceEnd, sayWaitsFor } from './occurrence.ts';

/** Of which occurrence of a schedule a task is, and how that stands, as a sentence. */
export function sayTaskOccurrence({ workflowId, known }: TaskOccurrence): string {
  if (known === null) return `Its tag names ${workflowId}, of which the server knows nothing.`;
  const which = `the occurrence of ${sayPlanned(known)}`;
  const { schedule, task } = known;
  if (task === 'this') return `It is of schedule ${schedule}: ${which} ${sayPhase(known)}.`;
  const whose =
    task === 'none'
      ? 'which has not noted a task as its own'
      : `whose task is ${task.another.id}, and not this one`;
  return `Its tag names ${which} of schedule ${schedule}, ${whose}; it ${sayPhase(known)}.`;
}

/** In its own zone, and in UTC, in which the server and the logs have it. */
function sayPlanned({ plannedMs, timeZone }: FoundOccurrence): string {
  return sayMomentInBoth(plannedMs, timeZone ?? 'UTC', 'UTC');
}

function sayPhase({ phase, waits, ended }: FoundOccurrence): string {
  switch (phase) {
    case 'beginning':
      return 'begins';
    case 'waiting':
      return waits === undefined ? 'waits' : `waits, since ${sayWaitsFor(waits)}`;
    case 'working':
      return 'goes on until the task is over';
    case 'over':
      return ended === undefined ? 'is over' : `is over, ${sayOccurrenceEnd(ended)}`;
    case 'lost':
      return 'was ended from outside';
  }
}

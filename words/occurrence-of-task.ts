import type { FoundOccurrence, TaskOccurrence } from '../contract/occurrence-of-task.ts';
import { moment } from './clock.ts';
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

function sayPlanned({ plannedMs, timeZone }: FoundOccurrence): string {
  const local = timeZone === null ? undefined : inZone(plannedMs, timeZone);
  return local === undefined ? moment(plannedMs) : `${local} (${moment(plannedMs)})`;
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

/** `2026-11-26 03:00 Europe/Berlin`; undefined for a zone that this host does not know. */
function inZone(ms: number, timeZone: string): string | undefined {
  try {
    const time = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone });
    return `${time.format(ms)} ${timeZone}`;
  } catch {
    return undefined;
  }
}

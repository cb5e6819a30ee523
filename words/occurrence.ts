import type { NotBegun, Occurrence, OccurrenceEnd, Trigger, WaitsFor } from '../contract/occurrence.ts';
import { moment } from './clock.ts';
import { duration } from './duration.ts';
import { firstListed } from './listed.ts';

// What becomes of an occurrence of a schedule, as clauses for people: without a capital and a full stop.

const IDS_SAID = 3;

/** Workflow ids of occurrences: the first of them, and how many more. */
function occurrences(ids: readonly string[]): string {
  if (ids.length === 0) return 'an earlier one';
  return firstListed(ids, IDS_SAID);
}

/** Why an occurrence that has begun waits. */
export function sayWaitsFor(waits: WaitsFor): string {
  switch (waits.for) {
    case 'job-key':
      return `as many occurrences with the job key ${waits.jobKey} are under way as may be (${waits.limit}): ${occurrences(waits.with)}`;
    case 'all-schedules':
      return `as many occurrences of all schedules are under way as may be (${waits.limit}): ${occurrences(waits.with)}`;
    case 'overlap':
      return `the one before it is not over: ${occurrences(waits.with)}`;
  }
}

/** Why an occurrence does nothing. */
export function sayNotBegun(not: NotBegun): string {
  switch (not.why) {
    case 'paused':
      return 'the schedule was paused';
    case 'skipped':
      return 'a person had it left out';
    case 'superseded':
      return `it was missed, and so was a later one, of ${moment(not.byMs)}: only the newest begins`;
    case 'too-late':
      return `it was missed by more than the catch-up window of ${duration(not.catchUpMs)}`;
    case 'duplicate':
      return `one of the same time has begun already: ${not.workflowId}`;
    case 'finished':
      return 'the schedule was finished';
    case 'no-such-schedule':
      return 'there is no such schedule any more';
    case 'overlap':
      return `the one before it, since ${moment(not.sinceMs)}, was not over: ${not.with}`;
    case 'replaced':
      return `it waited, and a newer one has taken its place: ${not.by}`;
    case 'not-fired':
      return 'nobody was there to start it';
  }
}

/** Who wanted it. */
export function sayTrigger(trigger: Trigger): string {
  switch (trigger) {
    case 'plan':
      return 'by plan';
    case 'run-now':
      return 'by hand';
    case 'backfill':
      return 'for a time in the past, by hand';
    case 'missed':
      return 'for a time that was missed, by hand';
  }
}

/** What became of it. */
export function sayOccurrenceEnd(ended: OccurrenceEnd): string {
  const why = sayWhyEnded(ended);
  if (ended.end === 'left-out') return `left out, since ${why}`;
  return why === null ? ended.end : `${ended.end}: ${why}`;
}

/** Why it became that; null: it went well, or nobody knows. */
export function sayWhyEnded(ended: OccurrenceEnd): string | null {
  switch (ended.end) {
    case 'done':
      return null;
    case 'failed':
    case 'cancelled':
      return ended.reason ?? null;
    case 'left-out':
      return sayNotBegun(ended.because);
  }
}

/** The times that a line of a history stands for. `planned`: the last of them, as it is shown. */
export function sayTimes({ times = 1 }: Pick<Occurrence, 'times'>, planned: string): string {
  return times === 1 ? planned : `${times} times up to ${planned}`;
}

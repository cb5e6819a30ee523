import type { OccurrenceEnd } from '../../../contract/occurrence.ts';
import type { StartedNow } from '../../../contract/schedule.ts';
import { sayNotBegun, sayOccurrenceEnd, sayWaitsFor } from '../../../words/occurrence.ts';

/** What a run-now started, as one JSON object. `waitedFor`: what became of it, where that was waited for. */
export function startedJson(
  { occurrence, taskId, waits, leftOut, ended: over }: StartedNow,
  waitedFor: OccurrenceEnd | null,
): Record<string, unknown> {
  const ended = waitedFor ?? over;
  return {
    ...{ occurrence, task_id: taskId },
    waits: waits === null ? null : { for: waits.for, says: sayWaitsFor(waits) },
    left_out: leftOut === null ? null : { why: leftOut.why, says: sayNotBegun(leftOut) },
    end: ended?.end ?? null,
    says: ended === null ? null : sayOccurrenceEnd(ended),
  };
}

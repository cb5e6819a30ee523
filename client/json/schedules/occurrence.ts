import type { OccurrenceSeen } from '../../../contract/occurrence.ts';
import { sayNotBegun, sayOccurrenceEnd, sayWaitsFor } from '../../../words/occurrence.ts';
import { isoTime } from '../iso-time.ts';

/** How one occurrence stands, as one JSON object. What it has not told of itself is null. */
export function seenJson({ workflowId, closed, memo }: OccurrenceSeen): Record<string, unknown> {
  const { schedule, plannedMs, phase, task, waits, ended } = memo ?? {};
  const done = ended !== undefined && 'task' in ended ? ended : undefined;
  const isWaiting = phase === 'waiting' && waits !== undefined;
  return {
    ...{ occurrence: workflowId, closed, schedule: schedule ?? null, planned: isoTime(plannedMs ?? null) },
    ...{ phase: phase ?? null, task_id: (done?.task ?? task)?.id ?? null },
    waits: isWaiting ? { for: waits.for, says: sayWaitsFor(waits) } : null,
    left_out: ended?.end === 'left-out' ? { why: ended.because.why, says: sayNotBegun(ended.because) } : null,
    ...{ end: ended?.end ?? null, says: ended === undefined ? null : sayOccurrenceEnd(ended) },
    ...{ verdict: done?.verdict ?? null, reason: done?.reason ?? null, attempts: done?.attempts ?? null },
    ...{ tokens: done?.tokens ?? null, log: done?.log ?? null, agent: done?.agent ?? null },
    links: done?.links ?? null,
  };
}

import type { HistoryLine } from '../../../contract/schedule.ts';
import { latenessMs, sayLate } from '../../../words/late.ts';
import { sayNotBegun, sayWaitsFor } from '../../../words/occurrence.ts';
import { isoTime } from '../iso-time.ts';

/** Occurrences as one JSON object, times in ISO 8601. What is not known is null. */
export function historyJson(lines: readonly HistoryLine[]): Record<string, unknown> {
  return { occurrences: lines.map(occurrenceJson) };
}

export function occurrenceJson(line: HistoryLine): Record<string, unknown> {
  const { schedule, workflowId, runId, trigger, plannedMs, times = 1, number: nth, version } = line;
  const { recipeHash, startedMs, enteredMs, endedMs, ended, decided } = line;
  const task = taskOf(line);
  const waits = line.underWay?.waits;
  const late = latenessMs(line);
  return {
    ...{
      schedule,
      workflow_id: workflowId,
      run_id: runId ?? null,
      trigger,
      planned: isoTime(plannedMs),
      times,
    },
    ...{ number: nth ?? null, version: version ?? null, recipe_hash: recipeHash ?? null },
    ...{
      started: isoTime(startedMs ?? null),
      entered: isoTime(enteredMs ?? null),
      ended: isoTime(endedMs ?? null),
    },
    late_seconds: late === null ? null : Math.round(late) / 1_000,
    why_late: sayLate(line, line.jitterMs),
    end: ended?.end ?? null,
    waits: waits ? { for: waits.for, says: sayWaitsFor(waits) } : null,
    left_out: ended?.end === 'left-out' ? { why: ended.because.why, says: sayNotBegun(ended.because) } : null,
    ...{ task_id: taskIdOf(line), agent: task?.agent ?? null, verdict: task?.verdict ?? null },
    ...{ reason: task?.reason ?? null, attempts: task?.attempts ?? null, tokens: task?.tokens ?? null },
    ...{ log: task?.log ?? null, links: task?.links ?? null, decided: decided ?? null },
    seconds:
      startedMs === undefined || endedMs === undefined ? null : Math.round(endedMs - startedMs) / 1_000,
  };
}

/** What its task came to. */
export function taskOf({ ended }: HistoryLine) {
  return ended !== undefined && 'task' in ended ? ended : undefined;
}

export function taskIdOf(line: HistoryLine): number | null {
  return taskOf(line)?.task?.id ?? line.underWay?.taskId ?? null;
}

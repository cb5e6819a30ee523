import type { HistoryLine, RecentOccurrences } from '../../../contract/schedule.ts';
import { sayOccurrenceEnd, sayWhyEnded } from '../../../words/occurrence.ts';
import { isoTime } from '../iso-time.ts';
import { taskIdOf } from './history.ts';

/** The last occurrences of many schedules, in short: the history has the rest. Null: not known. */
export function recentJson(all: readonly RecentOccurrences[]): Record<string, unknown> {
  return {
    schedules: all.map(({ schedule, occurrences }) => ({
      schedule,
      occurrences: occurrences?.map(shortJson) ?? null,
    })),
  };
}

function shortJson(line: HistoryLine): Record<string, unknown> {
  const { plannedMs, times = 1, trigger, ended } = line;
  return {
    ...{ planned: isoTime(plannedMs), times, trigger, end: ended?.end ?? null },
    why: ended?.end === 'left-out' ? ended.because.why : null,
    says: ended === undefined ? null : sayOccurrenceEnd(ended),
    reason: ended === undefined ? null : sayWhyEnded(ended),
    task_id: taskIdOf(line),
  };
}

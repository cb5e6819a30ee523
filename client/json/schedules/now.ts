import type { AllSchedules, ScheduleNow } from '../../../contract/schedule.ts';
import { sayTiming } from '../../../words/schedule-timing.ts';
import { sayScheduleTrouble } from '../../../words/schedule-trouble.ts';
import { isoTime } from '../iso-time.ts';

/** How a schedule stands, in short, as one JSON object, times in ISO 8601. */
export function scheduleNowJson(schedule: ScheduleNow): Record<string, unknown> {
  const { name, state, version, timing, timeZone, nextMs, last, running, problems, pause } = schedule;
  return {
    ...{ name, state, enabled: state !== 'paused', version, when: sayTiming(timing, timeZone) },
    ...{ timezone: timeZone, paused_by: pause?.by ?? null, next: isoTime(nextMs) },
    last: last && {
      ...{ planned: isoTime(last.plannedMs), ended: isoTime(last.endedMs), end: last.end },
      ...{ reason: last.reason ?? null, task_id: last.taskId ?? null },
    },
    running,
    problems: problems.map((trouble) => ({
      problem: trouble.problem,
      says: sayScheduleTrouble({ schedule: name, trouble }),
    })),
  };
}

/** How many there are, and which is due next; null: not known. */
export function schedulesCountsJson(all: AllSchedules | null): Record<string, unknown> | null {
  if (all === null) return null;
  const { atMs, schedules, more } = all;
  let next: { name: string; atMs: number } | null = null;
  for (const { name, nextMs } of schedules)
    if (nextMs !== null && nextMs < (next?.atMs ?? Number.POSITIVE_INFINITY)) next = { name, atMs: nextMs };
  return {
    ...{ at: isoTime(atMs), total: schedules.length, more },
    paused: schedules.filter(({ state }) => state === 'paused').length,
    troubled: schedules.filter(({ problems }) => problems.length > 0).length,
    running: schedules.reduce((sum, { running }) => sum + running, 0),
    next: next && { name: next.name, at: isoTime(next.atMs) },
  };
}

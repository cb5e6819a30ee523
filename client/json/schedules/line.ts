import type { Pause, ScheduleLine } from '../../../contract/schedule.ts';
import { dueNextMs } from '../../../domain/schedule/due-next.ts';
import { sayTiming } from '../../../words/schedule-timing.ts';
import { sayScheduleTrouble } from '../../../words/schedule-trouble.ts';
import { fieldsOf } from '../../schedules/fields-of.ts';
import { isoTime } from '../iso-time.ts';

const MINUTE_MS = 60_000;
const TYPES = { every: 'interval', cron: 'cron', at: 'once', calendar: 'calendar' } as const;

/** A schedule as one JSON object, times in ISO 8601. `definition`: the fields that `create` takes. */
export function lineJson(line: ScheduleLine): Record<string, unknown> {
  const { name, state, definition, version, createdMs, editedMs, by, pause, nextMs, skips, now } = line;
  const { last, problems = [] } = now;
  // Thousands are told in one answer: to spread objects takes several times as long.
  return Object.assign(asElsewhere(line), {
    name,
    state,
    version,
    when: sayTiming(definition.timing, definition.timeZone),
    definition: fieldsOf(definition),
    created: isoTime(createdMs),
    edited: isoTime(editedMs),
    by: by ?? null,
    pause: pause ? pauseJson(pause) : null,
    next: nextMs.map(isoTime),
    left_out: skips.map(isoTime),
    count: now.count,
    open: now.open,
    bad_in_a_row: now.badInARow,
    last: last
      ? {
          ...{ planned: isoTime(last.plannedMs), ended: isoTime(last.endedMs), end: last.end },
          ...{ reason: last.reason ?? null, task_id: last.taskId ?? null },
        }
      : null,
    problems: problems.map((trouble) => ({
      problem: trouble.problem,
      says: sayScheduleTrouble({ schedule: name, trouble }),
    })),
  });
}

/** The fields that other schedulers' programs look for. What a schedule has not got, such as an interval, is null. */
export function asElsewhere(line: ScheduleLine): Record<string, unknown> {
  const { name, state, definition, now } = line;
  const { timing, timeZone, jobKey, maxGlobal, maxPerJob } = definition;
  const everyMinutes = timing.kind === 'every' ? timing.everyMs / MINUTE_MS : Number.NaN;
  return {
    id: name,
    enabled: state !== 'paused',
    schedule_type: TYPES[timing.kind],
    interval_minutes: Number.isInteger(everyMinutes) ? everyMinutes : null,
    cron_expression: timing.kind === 'cron' ? timing.cron : null,
    timezone: timeZone,
    job_key: jobKey ?? name,
    max_global: maxGlobal ?? null,
    max_per_job: maxPerJob ?? null,
    next_run_at: isoTime(dueNextMs(line) ?? null),
    last_run_at: isoTime(now.last?.plannedMs ?? null),
  };
}

function pauseJson({ by, note, atMs, after }: Pause): Record<string, unknown> {
  return {
    ...{ by: by ?? null, note: note ?? null, at: isoTime(atMs) },
    after: after ? { bad_ends: after.badEnds, reason: after.reason } : null,
  };
}

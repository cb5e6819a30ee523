import type { ScheduleLine, ScheduleMemo, ScheduleState } from '../../contract/schedule.ts';
import { nextTimes } from './next-times.ts';

/** Of those that are left out, more than these are not looked past. */
const MOST_SKIPS = 100;

/** A schedule as the API answers it. `nowMs`: milliseconds since the epoch. `times`: so many of its next times. */
export function scheduleLine({ schedule, now }: ScheduleMemo, nowMs: number, times: number): ScheduleLine {
  const { definition, version, createdMs, editedMs, by, pause } = schedule;
  const skips = (schedule.skips ?? []).filter((ms) => ms > nowMs).slice(0, MOST_SKIPS);
  return {
    ...{ name: definition.name, state: stateOf(schedule), definition, version, createdMs, editedMs },
    ...(by !== undefined && { by }),
    ...(pause && { pause }),
    nextMs: schedule.finished ? [] : nextTimes(definition, nowMs, times),
    skips,
    now,
  };
}

function stateOf({ finished, pause }: ScheduleMemo['schedule']): ScheduleState {
  if (finished) return 'finished';
  return pause === undefined ? 'active' : 'paused';
}

import type {
  HistoryLine,
  ScheduleLine,
  ScheduleMemo,
  ScheduleState,
  SeenOccurrence,
} from '../../contract/schedule.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { nextTimes } from './next-times.ts';

/** Of those that are left out, more than these are not looked past. */
const MOST_SKIPS = 100;

/** A schedule as the API answers it. `nowMs`: milliseconds since the epoch. `times`: so many of its next times, and the one at which it is due. */
export function scheduleLine({ schedule, now }: ScheduleMemo, nowMs: number, times: number): ScheduleLine {
  const { definition, version, createdMs, editedMs, by, pause } = schedule;
  const skips = (schedule.skips ?? []).filter((ms) => ms > nowMs).slice(0, MOST_SKIPS);
  return {
    ...{ name: definition.name, state: stateOf(schedule), definition, version, createdMs, editedMs },
    ...(by !== undefined && { by }),
    ...(pause && { pause }),
    nextMs: timesFrom({ schedule, now }, skips, { nowMs, times }),
    skips,
    now,
  };
}

/**
 * The next one as the schedule has told it, where that is still to come; computing it for each of thousands takes long. Where a
 * person leaves out all that were asked for, more, up to the one at which it is due.
 */
function timesFrom(
  { schedule, now }: ScheduleMemo,
  skips: readonly number[],
  { nowMs, times }: { nowMs: number; times: number },
): number[] {
  const { definition, finished, pause } = schedule;
  if (finished || times === 0) return [];
  const isTold = times === 1 && pause === undefined && skips.length === 0 && (now.nextMs ?? 0) > nowMs;
  if (isTold && now.nextMs !== undefined) return [now.nextMs];
  const count = Math.max(times, skips.length + 1);
  const coming = nextTimes(definition, skips, { afterMs: nowMs, count });
  return coming.slice(0, Math.max(times, coming.findIndex((ms) => !skips.includes(ms)) + 1));
}

/** One that is not made yet, as it would be. */
export function plannedLine(
  definition: Definition,
  { paused, times }: { paused: boolean; times: number },
): ScheduleLine {
  const nowMs = Date.now();
  const schedule = {
    ...{ definition, version: 0, createdMs: nowMs, editedMs: nowMs },
    ...(paused && { pause: { atMs: nowMs } }),
  };
  return scheduleLine({ schedule, now: { count: 0, open: 0, badInARow: 0 } }, nowMs, times);
}

/** An occurrence as the API answers it, where it may be of any schedule. */
export function historyLine(
  { name: schedule, timeZone, jitterMs }: Definition,
  occurrence: SeenOccurrence,
): HistoryLine {
  return { schedule, timeZone, jitterMs, ...occurrence };
}

function stateOf({ finished, pause }: ScheduleMemo['schedule']): ScheduleState {
  if (finished) return 'finished';
  return pause === undefined ? 'active' : 'paused';
}

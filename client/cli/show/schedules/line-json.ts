import type { Pause, ScheduleLine } from '../../../../contract/schedule.ts';
import { sayTiming } from '../../../../words/schedule-timing.ts';
import { sayScheduleTrouble } from '../../../../words/schedule-trouble.ts';
import { isoTime } from '../../../json/iso-time.ts';
import { fieldsOf } from '../../../schedules/fields-of.ts';

/** A schedule as one JSON object, times in ISO 8601. `definition`: the fields that `create` takes. */
export function lineJson(line: ScheduleLine): Record<string, unknown> {
  const { name, state, definition, version, createdMs, editedMs, by, pause, nextMs, skips, now } = line;
  const { last, problems = [] } = now;
  return {
    ...{
      name,
      state,
      version,
      when: sayTiming(definition.timing, definition.timeZone),
      definition: fieldsOf(definition),
    },
    ...{ created: isoTime(createdMs), edited: isoTime(editedMs), by: by ?? null },
    pause: pause ? pauseJson(pause) : null,
    next: nextMs.map(isoTime),
    left_out: skips.map(isoTime),
    ...{ count: now.count, open: now.open, bad_in_a_row: now.badInARow },
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
  };
}

function pauseJson({ by, note, atMs, after }: Pause): Record<string, unknown> {
  return {
    ...{ by: by ?? null, note: note ?? null, at: isoTime(atMs) },
    after: after ? { bad_ends: after.badEnds, reason: after.reason } : null,
  };
}

import type { ScheduleShown } from '../../../contract/schedule.ts';
import { historyLine } from '../../schedules/schedule-line.ts';
import { occurrenceJson } from './history.ts';
import { lineJson } from './line.ts';

/** Everything that is known of a schedule, as one JSON object. */
export function showJson(shown: ScheduleShown): Record<string, unknown> {
  const { definition, history, totals, inForce } = shown;
  return {
    ...lineJson(shown),
    in_force: inForce,
    history: history?.map((occurrence) => occurrenceJson(historyLine(definition, occurrence))) ?? null,
    days:
      totals?.map(({ day, done, failed, cancelled, leftOut, ms, tokens }) => ({
        ...{ day, done, failed, cancelled, left_out: leftOut, seconds: ms / 1_000, tokens },
      })) ?? null,
  };
}

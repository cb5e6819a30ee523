import type { SchedulesPage } from '../../../contract/schedule.ts';
import { lineJson } from './line.ts';

/** A page of schedules as one JSON object. */
export function listJson({ schedules, cursor }: SchedulesPage): Record<string, unknown> {
  return { schedules: schedules.map(lineJson), cursor };
}

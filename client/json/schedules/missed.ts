import type { MissedLine } from '../../../contract/schedule.ts';
import { sayNotBegun } from '../../../words/occurrence.ts';
import { isoTime } from '../iso-time.ts';

/** By which `--run` and `--skip` know a time. */
export function missedKey(schedule: string, plannedMs: number): string {
  return `${schedule}@${new Date(plannedMs).toISOString().replace('.000Z', 'Z')}`;
}

/** Times that were missed, as one JSON object. */
export function missedJson(lines: readonly MissedLine[]): Record<string, unknown> {
  return {
    missed: lines.map(({ schedule, timeZone, plannedMs, times, because }) => ({
      ...{
        schedule,
        timezone: timeZone,
        planned: isoTime(plannedMs),
        times,
        why: because.why,
        says: sayNotBegun(because),
      },
      key: missedKey(schedule, plannedMs),
    })),
  };
}

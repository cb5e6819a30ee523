import type { ScheduleLine } from '../../../contract/schedule.ts';
import { compileOrSay } from '../../../domain/schedule/compile.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import type { Upcoming } from '../../../domain/schedule/upcoming.ts';
import { type WallTime, wallTime, zoneOf } from '../../../domain/schedule/zone.ts';
import { sayUpcoming } from '../../../words/due.ts';
import { comingOf } from '../../schedules/next-times.ts';
import { isoTime } from '../iso-time.ts';
import { lineJson } from './line.ts';

/** Whoever looks: from when on, by which clocks, and how many times. */
export interface Viewer {
  nowMs: number;
  /** Of the tz database. */
  timeZone: string;
  count: number;
}

/** The next times of a schedule as one JSON object, with what changes of the clocks do to them. */
export function nextJson(line: ScheduleLine, viewer: Viewer): Record<string, unknown> {
  const { name, state, when, left_out } = lineJson(line);
  return {
    ...{ name, state, when, timezone: line.definition.timeZone },
    next: line.nextMs
      .slice(0, viewer.count)
      .map((ms) => ({ at: isoTime(ms), left_out: line.skips.includes(ms) })),
    left_out,
    coming: line.state === 'finished' ? [] : comingJson(line.definition, line.skips, viewer),
  };
}

/** What comes next, in its order: times on the clocks of the schedule, and changes of the clocks. `says`: on both clocks. */
export function comingJson(
  definition: Definition,
  skips: readonly number[],
  { nowMs, timeZone: viewers, count }: Viewer,
): Record<string, unknown>[] {
  if ('code' in compileOrSay(definition)) return [];
  return comingOf(definition, skips, { afterMs: nowMs, count }).map((what) => ({
    kind: what.kind,
    ...comingFacts(what, definition.timeZone, skips),
    says: sayUpcoming(what, definition.timeZone, viewers),
  }));
}

function comingFacts(what: Upcoming, timeZone: string, skips: readonly number[]): Record<string, unknown> {
  const zone = zoneOf(timeZone);
  switch (what.kind) {
    case 'due':
      return {
        at: isoTime(what.atMs),
        local: zone === undefined ? null : wallText(wallTime(zone, what.atMs)),
        left_out: skips.includes(what.atMs),
        twice: what.twice
          ? { copy: what.twice.copy, other: isoTime(what.twice.otherMs), both: what.twice.both }
          : null,
      };
    case 'left-out':
      return {
        ...{ at: isoTime(what.change.atMs), why: what.why, season: what.season },
        ...{ local: what.walls.map(wallText), count: what.count },
      };
    case 'shifted':
      return {
        ...{ at: isoTime(what.change.atMs), season: what.season },
        ...{ local_before: wallText(what.before), local_after: wallText(what.after) },
      };
  }
}

/** `2026-11-27T03:00:00`, without an offset. */
function wallText({ year, month, day, hour, minute, second }: WallTime): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}

import { calledAs } from '../../../../config/called-as.ts';
import type { ScheduleLine, SchedulesPage } from '../../../../contract/schedule.ts';
import { duration } from '../../../../words/duration.ts';
import { sayState } from '../../../../words/schedule.ts';
import { sayTiming } from '../../../../words/schedule-timing.ts';
import { table } from '../table.ts';
import { away, bothTimes } from './times.ts';

const HEAD = ['SCHEDULE', 'STATE', 'NEXT', 'LAST', 'OPEN', 'WHEN'];

/** What a reader's clocks show, and now. */
export interface Reader {
  nowMs: number;
  ownZone: string;
  /** Columns of the terminal; undefined: it is none. */
  across: number | undefined;
}

/** A page of schedules for people. */
export function listText({ schedules, cursor }: SchedulesPage, reader: Reader): string {
  if (schedules.length === 0 && cursor === null)
    return `There is no schedule. \`${calledAs()} schedule create\` makes one.`;
  const rows = schedules.map((line) => [
    ...[line.name, sayState(line), nextCell(line, reader), lastCell(line, reader.nowMs)],
    ...[String(line.now.open), sayTiming(line.definition.timing, line.definition.timeZone)],
  ]);
  const more =
    cursor === null ? '' : `\n\nThere are more: \`${calledAs()} schedule list --after ${cursor}\` goes on.`;
  return `${table([HEAD, ...rows], reader.across)}${more}`;
}

function nextCell({ state, nextMs, skips, definition }: ScheduleLine, { nowMs, ownZone }: Reader): string {
  const [next] = nextMs;
  if (next === undefined) return '-';
  const when = bothTimes(next, definition.timeZone, ownZone);
  if (state === 'paused') return `not at ${when}`;
  return `${when}, ${skips.includes(next) ? 'left out' : away(next, nowMs)}`;
}

function lastCell({ now: { last } }: ScheduleLine, nowMs: number): string {
  return last === undefined ? '-' : `${last.end} ${duration(nowMs - last.endedMs)} ago`;
}

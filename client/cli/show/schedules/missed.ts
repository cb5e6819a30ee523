import { calledAs } from '../../../../config/called-as.ts';
import type { MissedLine } from '../../../../contract/schedule.ts';
import { sayNotBegun, sayTimes } from '../../../../words/occurrence.ts';
import { missedKey } from '../../../json/schedules/missed.ts';
import { table } from '../table.ts';
import type { Reader } from './list.ts';
import { bothTimes } from './times.ts';

const HEAD = ['SCHEDULE', 'TIME', 'NAME@TIME', 'WHY'];

/** Times that were missed, for people. */
export function missedText(lines: readonly MissedLine[], reader: Reader): string {
  if (lines.length === 0) return 'Nothing was missed that nobody has decided about.';
  const rows = lines.map((line) => {
    const { schedule, timeZone, plannedMs, because } = line;
    const times = sayTimes(line, bothTimes(plannedMs, timeZone, reader.ownZone));
    return [schedule, times, missedKey(schedule, plannedMs), sayNotBegun(because)];
  });
  const hint = `\`${calledAs()} schedule missed --run NAME@TIME\` runs one now, \`--skip NAME@TIME\` leaves it at that.`;
  return `${table([HEAD, ...rows], reader.across)}\n\n${hint}`;
}

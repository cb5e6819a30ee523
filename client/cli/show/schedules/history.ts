import type { HistoryLine } from '../../../../contract/schedule.ts';
import { duration } from '../../../../words/duration.ts';
import { latenessMs, sayLate } from '../../../../words/late.ts';
import { number } from '../../../../words/number.ts';
import { sayOccurrenceEnd, sayTimes, sayTrigger, sayWaitsFor } from '../../../../words/occurrence.ts';
import { taskIdOf, taskOf } from '../../../json/schedules/history.ts';
import { table } from '../table.ts';
import type { Reader } from './list.ts';
import { bothTimes } from './times.ts';

const HEAD = ['PLANNED', 'BEGAN', 'WANTED', 'TASK', 'TOOK', 'ATTEMPTS', 'TOKENS', 'LOG', 'HOW'];

/** Occurrences for people, newest first. `named`: all are of one schedule, which is named already. */
export function historyText(
  lines: readonly HistoryLine[],
  reader: Reader,
  { named }: { named: boolean },
): string {
  if (lines.length === 0) return 'Nothing like that has happened, as far as is kept.';
  const head = named ? HEAD : ['SCHEDULE', ...HEAD];
  const rows = lines.map((line) => {
    const row = cells(line, reader);
    return named ? row : [line.schedule, ...row];
  });
  return table([head, ...rows], reader.across);
}

function cells(line: HistoryLine, { nowMs, ownZone }: Reader): string[] {
  const { timeZone, plannedMs, trigger, startedMs, endedMs, ended } = line;
  const task = taskOf(line);
  const planned = bothTimes(plannedMs, timeZone, ownZone);
  const late = latenessMs(line);
  const didNothing = startedMs === undefined || late === null || ended?.end === 'left-out';
  const taskId = taskIdOf(line);
  return [
    sayTimes(line, planned),
    didNothing ? '-' : late < 1_000 ? 'in time' : `${duration(late)} later`,
    sayTrigger(trigger),
    taskId === null ? '-' : String(taskId),
    didNothing ? '-' : duration((endedMs ?? nowMs) - startedMs),
    task === undefined ? '-' : String(task.attempts),
    task === undefined ? '-' : task.tokens === null ? '?' : number(task.tokens),
    task?.log ?? '-',
    sayHow(line),
  ];
}

/** How it went, and why it was late. */
function sayHow(line: HistoryLine): string {
  const { ended, decided, underWay } = line;
  const links = taskOf(line)?.links ?? [];
  const late = ended?.end === 'left-out' ? null : sayLate(line, line.jitterMs);
  const waits = underWay?.waits;
  const how =
    ended !== undefined
      ? sayOccurrenceEnd(ended)
      : waits
        ? `waits, since ${sayWaitsFor(waits)}`
        : 'under way';
  const after =
    decided === undefined
      ? ''
      : decided === 'run'
        ? '; it was run by hand later'
        : '; a person left it at that';
  const left = links.length === 0 ? '' : `; ${links.join(' ')}`;
  return `${how}${after}${late === null ? '' : ` (${late})`}${left}`;
}

import type { HistoryLine } from '../../../../contract/schedule.ts';
import { duration } from '../../../../words/duration.ts';
import { latenessMs, sayLate } from '../../../../words/late.ts';
import { number } from '../../../../words/number.ts';
import {
  sayNotBegun,
  sayOccurrenceEnd,
  sayTimes,
  sayTrigger,
  sayWaitsFor,
} from '../../../../words/occurrence.ts';
import { isoTime } from '../../../json/iso-time.ts';
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

/** What its task came to. */
function taskOf({ ended }: HistoryLine) {
  return ended !== undefined && 'task' in ended ? ended : undefined;
}

function taskIdOf(line: HistoryLine): number | null {
  return taskOf(line)?.task?.id ?? line.underWay?.taskId ?? null;
}

/** How it went, and why it was late. */
function sayHow(line: HistoryLine): string {
  const { ended, decided, underWay } = line;
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
  return `${how}${after}${late === null ? '' : ` (${late})`}`;
}

/** The same as one JSON object, times in ISO 8601. What is not known is null. */
export function historyJson(lines: readonly HistoryLine[]): Record<string, unknown> {
  return { occurrences: lines.map(occurrenceJson) };
}

export function occurrenceJson(line: HistoryLine): Record<string, unknown> {
  const { schedule, workflowId, runId, trigger, plannedMs, times = 1, number: nth, version } = line;
  const { recipeHash, startedMs, enteredMs, endedMs, ended, decided } = line;
  const task = taskOf(line);
  const waits = line.underWay?.waits;
  const late = latenessMs(line);
  return {
    ...{
      schedule,
      workflow_id: workflowId,
      run_id: runId ?? null,
      trigger,
      planned: isoTime(plannedMs),
      times,
    },
    ...{ number: nth ?? null, version: version ?? null, recipe_hash: recipeHash ?? null },
    ...{
      started: isoTime(startedMs ?? null),
      entered: isoTime(enteredMs ?? null),
      ended: isoTime(endedMs ?? null),
    },
    late_seconds: late === null ? null : Math.round(late) / 1_000,
    why_late: sayLate(line, line.jitterMs),
    end: ended?.end ?? null,
    waits: waits ? { for: waits.for, says: sayWaitsFor(waits) } : null,
    left_out: ended?.end === 'left-out' ? { why: ended.because.why, says: sayNotBegun(ended.because) } : null,
    ...{ task_id: taskIdOf(line), agent: task?.agent ?? null, verdict: task?.verdict ?? null },
    ...{ reason: task?.reason ?? null, attempts: task?.attempts ?? null, tokens: task?.tokens ?? null },
    ...{ log: task?.log ?? null, decided: decided ?? null },
    seconds:
      startedMs === undefined || endedMs === undefined ? null : Math.round(endedMs - startedMs) / 1_000,
  };
}

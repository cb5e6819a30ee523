import { occurrenceId } from '../../contract/ids.ts';
import { begin } from '../../domain/schedule/begin.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { newSchedule } from '../../domain/schedule/edit.ts';
import { ended } from '../../domain/schedule/ended.ts';
import type { ScheduleCarried } from '../../domain/schedule/kept.ts';
import type { BeginAsked, OccurrenceEnd, Trigger } from '../../domain/schedule/occurrence.ts';

/** Times in these tests are in minutes after this moment: `at(3)`. */
const ZERO_MS = Date.UTC(2026, 10, 26);
export const at = (minutes: number) => ZERO_MS + minutes * 60_000;
export const minuteOf = (ms: number) => (ms - ZERO_MS) / 60_000;

/** Due each minute, with a catch-up window of 10 minutes, unless `change` says otherwise. */
export function everyMinute(change: Partial<Definition> = {}): Definition {
  return {
    ...{ name: 'n', timing: { kind: 'every', everyMs: 60_000 }, timeZone: 'UTC' },
    ...{ work: { kind: 'task', title: 't' }, priority: 0, overlap: 'skip' },
    ...{ catchUpMs: 600_000, jitterMs: 0 },
    ...change,
  };
}

/** Made at minute 0. */
export function schedule(change: Partial<Definition> = {}, paused = false): ScheduleCarried {
  return newSchedule({ definition: everyMinute(change), expects: null, paused }, at(0));
}

export const idOf = (plannedMs: number) => occurrenceId('n', plannedMs);

export function beginAsked(minute: number, change: Partial<BeginAsked> = {}): BeginAsked {
  const plannedMs = at(minute);
  return {
    ...{ workflowId: idOf(plannedMs), runId: `run-${minute}`, trigger: 'plan' as Trigger },
    ...{ plannedMs, atMs: plannedMs + 100 },
    ...change,
  };
}

/** An occurrence asks; gives its number, or why it does nothing. */
export function asks(
  kept: ScheduleCarried,
  minute: number,
  change: Partial<BeginAsked> = {},
): number | string {
  const answer = begin(kept, beginAsked(minute, change));
  return 'begun' in answer ? answer.begun.number : answer.not.why;
}

type WithTask = Exclude<OccurrenceEnd, { end: 'left-out' }>;
export function endOf(end: WithTask['end'], change: Partial<WithTask> = {}): WithTask {
  const nothing = { task: null, verdict: null, attempts: 1, tokens: 7, log: null, agent: 'ada' };
  return { end, ...nothing, ...(end === 'failed' && { reason: 'it broke' }), ...change };
}

/** The occurrence of a minute ends, a minute later unless said otherwise. */
export function ends(
  kept: ScheduleCarried,
  minute: number,
  end: OccurrenceEnd | WithTask['end'],
  endedMinute = minute + 1,
): void {
  const told = typeof end === 'string' ? endOf(end) : end;
  const [workflowId, endedMs] = [idOf(at(minute)), at(endedMinute)];
  ended(kept, { workflowId, runId: `run-${minute}`, endedMs, ended: told }, endedMs);
}

/** The history in short: `3 done`, `4 left-out paused`, `5 open`. */
export function lines({ history }: ScheduleCarried): string[] {
  return history.map(({ plannedMs, ended: end, number, times, trigger }) => {
    const how = end === undefined ? (number === undefined ? 'awaited' : 'open') : end.end;
    const why = end?.end === 'left-out' ? ` ${end.because.why}` : '';
    const by = trigger === 'plan' ? '' : ` ${trigger}`;
    return `${minuteOf(plannedMs)} ${how}${why}${by}${times === undefined ? '' : ` x${times}`}`;
  });
}

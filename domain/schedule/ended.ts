import type { OccurrenceRef } from './entry.ts';
import { endLine, hasBegun, isOpen, lineOf, shortWait } from './history.ts';
import { BAD_ENDS, type ScheduleCarried, type ScheduleMemo, type ScheduleProblem } from './kept.ts';
import type { NotBegun, Occurrence, OccurrenceEnd } from './occurrence.ts';

/** What an occurrence tells when it is over. `enteredMs`: absent where it was not let in. */
export interface Told extends OccurrenceRef, Pick<Occurrence, 'enteredMs' | 'waited' | 'recipeHash'> {
  endedMs: number;
  ended: OccurrenceEnd;
}

/** An occurrence is over. What is told twice, or of one that is not known any more, changes nothing. */
export function ended(kept: ScheduleCarried, told: Told, nowMs: number): void {
  const line = lineOf(kept, told.workflowId);
  if (line === undefined || !isOpen(line)) return;
  const { enteredMs, recipeHash, runId } = told;
  const waited = shortWait(told.waited);
  Object.assign(line, {
    ...{ runId },
    ...(enteredMs !== undefined && { enteredMs }),
    ...(waited && { waited }),
    ...(recipeHash !== undefined && { recipeHash }),
  });
  close(kept, line, told.ended, Math.min(told.endedMs, nowMs));
}

/** Its workflow is closed, and it has not said how it went: somebody ended it, or it broke. */
export function foundClosed(kept: ScheduleCarried, workflowId: string, atMs: number, reason: string): void {
  const line = lineOf(kept, workflowId);
  if (line === undefined || !isOpen(line)) return;
  const nothing = { task: null, verdict: null, attempts: 0, tokens: null, log: null, agent: null };
  close(kept, line, { end: 'failed', reason, ...nothing }, atMs);
}

function close(kept: ScheduleCarried, line: Occurrence, end: OccurrenceEnd, atMs: number): void {
  endLine(kept, line, end, atMs);
  if (end.end === 'left-out') {
    giveBack(kept, line);
    return;
  }
  const { now } = kept.memo;
  if (now.last === undefined || atMs >= now.last.endedMs) now.last = lastOf(line, end, atMs);
  if (end.end === 'done') {
    now.badInARow = 0;
    delete kept.lastBad;
  }
  if (end.end !== 'failed') return;
  now.badInARow += 1;
  kept.lastBad = end.reason ?? 'no reason was told';
  pauseItself(kept, atMs);
}

/** It began, and was not let in: it does not count against what remains, unless that was set anew meanwhile. */
function giveBack(
  { memo: { schedule }, remainingOf = schedule.version }: ScheduleCarried,
  line: Occurrence,
): void {
  const { definition } = schedule;
  const counted = line.trigger === 'plan' && hasBegun(line) && (line.version ?? 0) >= remainingOf;
  if (!counted || definition.remaining === undefined) return;
  if (definition.remaining === 0) delete schedule.finished;
  definition.remaining += 1;
}

function lastOf(
  { plannedMs }: Occurrence,
  end: Exclude<OccurrenceEnd, { end: 'left-out' }>,
  endedMs: number,
): NonNullable<ScheduleMemo['now']['last']> {
  const { reason, task } = end;
  return {
    ...{ plannedMs, endedMs, end: end.end },
    ...(reason !== undefined && { reason }),
    ...(task && { taskId: task.id }),
  };
}

function pauseItself({ memo, lastBad = '' }: ScheduleCarried, atMs: number): void {
  const { schedule, now } = memo;
  const { pauseOnFailure } = schedule.definition;
  if (pauseOnFailure === undefined || now.badInARow < pauseOnFailure || schedule.pause !== undefined) return;
  schedule.pause = { atMs, after: { badEnds: now.badInARow, reason: lastBad } };
}

/** Why a time of the plan was missed about which nobody has decided; undefined: it is none. */
export function missedBecause({
  ended: end,
  decided,
}: Pick<Occurrence, 'ended' | 'decided'>): NotBegun | undefined {
  if (end?.end !== 'left-out' || decided !== undefined) return undefined;
  return MISSED.includes(end.because.why) ? end.because : undefined;
}
const MISSED = ['superseded', 'too-late', 'not-fired'];

/** What a person wants with a time that was missed. Says whether there is such a time. */
export function decide(
  { history }: ScheduleCarried,
  plannedMs: number,
  decided: 'run' | 'skipped',
): Occurrence | undefined {
  const line = history.findLast((each) => each.plannedMs === plannedMs && missedBecause(each) !== undefined);
  if (line !== undefined) line.decided = decided;
  return line;
}

/** What is wrong with it now. Superseded times are none of it: a newer one has begun in their place. */
export function problemsOf(kept: ScheduleCarried): ScheduleProblem[] {
  const { didNotFireMs, refused, history } = kept;
  const lastDone = history.findLast(({ ended: end }) => end?.end === 'done')?.plannedMs ?? 0;
  const missed = history.filter((line) => {
    const { why = 'superseded' } = missedBecause(line) ?? {};
    return why !== 'superseded' && line.plannedMs > lastDone;
  });
  const newest = missed.at(-1);
  const count = missed.reduce((sum, { times = 1 }) => sum + times, 0);
  return [
    ...(refused === undefined ? [] : [{ problem: 'not-kept', text: refused } as const]),
    ...(didNotFireMs === undefined ? [] : [{ problem: 'did-not-fire', dueMs: didNotFireMs } as const]),
    ...badEndsOf(kept),
    ...(newest ? [{ problem: 'missed', count, newestMs: newest.plannedMs } as const] : []),
  ];
}

/** Fewer than are a problem as a rule are one, too, where it has paused itself: nobody else would tell that nothing comes any more. */
function badEndsOf({ memo, lastBad = '' }: ScheduleCarried): ScheduleProblem[] {
  const { badInARow } = memo.now;
  const after = memo.schedule.pause?.after;
  if (after !== undefined)
    return [{ problem: 'bad-ends', inARow: after.badEnds, reason: after.reason, paused: true }];
  return badInARow < BAD_ENDS ? [] : [{ problem: 'bad-ends', inARow: badInARow, reason: lastBad }];
}

/** What its memo says of it now. @param nextMs the next due times that are known */
export function figuresOf(
  kept: ScheduleCarried,
  nextMs: readonly number[],
  nowMs: number,
): ScheduleMemo['now'] {
  const { count, badInARow, last } = kept.memo.now;
  const { pause, finished, skips = [] } = kept.memo.schedule;
  const problems = problemsOf(kept);
  const next = nextMs.find((ms) => ms > nowMs && !skips.includes(ms));
  return {
    ...{ count, open: kept.history.filter((line) => isOpen(line) && hasBegun(line)).length, badInARow },
    ...(last && { last }),
    ...(problems.length > 0 && { problems }),
    ...(next !== undefined && pause === undefined && !finished && { nextMs: next }),
  };
}

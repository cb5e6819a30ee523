import { isPausedAt } from './edit.ts';
import { foundClosed } from './ended.ts';
import { addLeftOut, addLine, isOpen, lineAt, lineOf } from './history.ts';
import type { ScheduleCarried, Timed } from './kept.ts';
import type { NotBegun, Occurrence } from './occurrence.ts';

// The watchdog compares what was due with what is known of it, so that each time has one line. Moments are in milliseconds since
// the epoch.

/** So many times that were missed have a line each; more of them have one together. */
export const MOST_LINES = 100;

/** What the server has under the workflow id of an occurrence. */
export interface Found {
  workflowId: string;
  runId: string;
  /** Null: it is open. */
  closedAtMs: number | null;
  /** How it was closed, as a clause for people. */
  how?: string;
}

/** Of what was due, the times of which nothing is known yet; a pause is no reason to know anything of one. */
export function unknownOf(kept: ScheduleCarried, dueMs: readonly number[]): number[] {
  return dueMs.filter((ms) => lineAt(kept, ms) === undefined && !isPausedAt(kept, ms));
}

export interface Compared {
  /** Of which nothing is known (unknownOf), oldest first. */
  unknown: readonly number[];
  /** Older ones, of which it is known how many there are. */
  more: number;
  /** What the server has of these. */
  found: readonly Found[];
  /** Times up to here are compared. Those between here and now may come yet. */
  untilMs: number;
  nowMs: number;
  /** What it was due by then; `isFormer`: an edit has changed that, and nothing of it is started any more. */
  isFormer: boolean;
  timed: Pick<Timed, 'catchUpMs' | 'jitterMs'>;
  /** Since when the server has had what is wanted: what was due before is no fault of its. */
  toldMs: number;
  /** The workflow id that the server gives an occurrence. */
  idOf: (plannedMs: number) => string;
}

/**
 * Gives each time that was due up to `untilMs` its line: it is there and has not begun yet, it was left out, or it was missed.
 *
 * @returns the newest one that was missed and may still begin: it is to be started; and whether the server has left out what it
 * should have started
 */
export function compare(
  kept: ScheduleCarried,
  compared: Compared,
): { start: number | undefined; didNotFire: boolean } {
  const { unknown, found, untilMs, nowMs, timed, idOf } = compared;
  const { schedule } = kept.memo;
  const missed: number[] = [];
  let newest: number | undefined;
  for (const plannedMs of unknown) {
    const workflowId = idOf(plannedMs);
    const there = found.find((each) => each.workflowId === workflowId);
    if (there !== undefined) expect(kept, plannedMs, there);
    else if (schedule.skips?.includes(plannedMs)) {
      if (plannedMs <= untilMs) leaveOut(kept, plannedMs, workflowId, { why: 'skipped' });
    } else {
      if (plannedMs <= untilMs) missed.push(plannedMs);
      if (plannedMs + timed.jitterMs <= nowMs) newest = plannedMs;
    }
  }
  kept.auditedMs = Math.max(kept.auditedMs, untilMs);
  if (schedule.skips) schedule.skips = schedule.skips.filter((ms) => ms > untilMs);
  if (schedule.skips?.length === 0) delete schedule.skips;
  const mayBegin = (ms: number) => nowMs - ms - timed.jitterMs <= timed.catchUpMs;
  const mayStart = missed.some(mayBegin) && !compared.isFormer;
  const start = mayStart ? startOf(kept, newest, mayBegin) : undefined;
  const isOn = schedule.pause === undefined && !schedule.finished;
  const didNotFire = mayStart && isOn && missed.some((ms) => mayBegin(ms) && ms > compared.toldMs);
  if (didNotFire) kept.didNotFireMs = start ?? missed.at(-1) ?? untilMs;
  recordMissed(
    kept,
    compared,
    missed.filter((ms) => ms !== start),
    start,
  );
  return { start, didNotFire };
}

/** Its workflow is there, and has not said anything yet: nobody has carried it out. */
export function expect(kept: ScheduleCarried, plannedMs: number, { workflowId, runId }: Found): void {
  if (lineOf(kept, workflowId) === undefined)
    addLine(kept, { workflowId, runId, trigger: 'plan', plannedMs });
}

function startOf(
  kept: ScheduleCarried,
  newest: number | undefined,
  mayBegin: (ms: number) => boolean,
): number | undefined {
  const { finished, pause } = kept.memo.schedule;
  if (newest === undefined || finished || pause !== undefined || !mayBegin(newest)) return undefined;
  // One that was to be superseded by it has begun meanwhile.
  const hasNewer = kept.history.some((line) => line.trigger === 'plan' && line.plannedMs > newest);
  return hasNewer ? undefined : newest;
}

function recordMissed(
  kept: ScheduleCarried,
  { nowMs, timed, idOf, more }: Compared,
  missed: readonly number[],
  start: number | undefined,
): void {
  const [last, count] = [missed.at(-1), missed.length + more];
  if (last === undefined) return;
  const because = (ms: number) => whyMissed(kept, ms, { nowMs, timed, start });
  if (count <= MOST_LINES) {
    for (const ms of missed) leaveOut(kept, ms, idOf(ms), because(ms));
    return;
  }
  const line = { workflowId: idOf(last), trigger: 'plan', plannedMs: last, times: count } as const;
  addLeftOut(kept, line, because(last), nowMs);
}

function whyMissed(
  kept: ScheduleCarried,
  ms: number,
  { nowMs, timed, start }: Pick<Compared, 'nowMs' | 'timed'> & { start: number | undefined },
): NotBegun {
  const { pause, finished } = kept.memo.schedule;
  if (pause !== undefined) return { why: 'paused' };
  if (finished) return { why: 'finished' };
  if (nowMs - ms - timed.jitterMs > timed.catchUpMs) return { why: 'too-late', catchUpMs: timed.catchUpMs };
  const byMs = start ?? newerThan(kept, ms);
  return byMs === undefined ? { why: 'not-fired' } : { why: 'superseded', byMs };
}

function newerThan({ history }: ScheduleCarried, ms: number): number | undefined {
  return history.find((line) => line.trigger === 'plan' && line.plannedMs > ms && line.number !== undefined)
    ?.plannedMs;
}

function leaveOut(kept: ScheduleCarried, plannedMs: number, workflowId: string, because: NotBegun): void {
  addLeftOut(kept, { workflowId, trigger: 'plan', plannedMs }, because, Math.max(plannedMs, kept.auditedMs));
}

/** The occurrences that are under way as far as is known here. */
export function underWay({ history }: ScheduleCarried): Occurrence[] {
  return history.filter(isOpen);
}

/** What the server has of those that were under way when it was asked: of some nobody has said that they are over. */
export function closeLost(
  kept: ScheduleCarried,
  asked: readonly string[],
  found: readonly Found[],
  nowMs: number,
): void {
  for (const workflowId of asked) {
    const there = found.find((each) => each.workflowId === workflowId);
    if (there === undefined) foundClosed(kept, workflowId, nowMs, 'the server knows nothing of it any more');
    else if (there.closedAtMs !== null)
      foundClosed(kept, workflowId, there.closedAtMs, there.how ?? 'it was ended without a word');
  }
}

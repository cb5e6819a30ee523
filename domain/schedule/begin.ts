import { isPausedAt } from './edit.ts';
import { addLeftOut, addLine, endLine, hasBegun, isOpen, lineOf } from './history.ts';
import type { ScheduleCarried } from './kept.ts';
import type { BeginAsked, Begun, NotBegun, Occurrence } from './occurrence.ts';

/** A tick comes within a second. One that is later than this has missed its time. */
export const LATE_MS = 30_000;
/** So many of a schedule at once, whatever its overlap policy: what is kept of it has to fit into a payload. */
export const MOST_OPEN = 1_000;

/**
 * What an occurrence is to do, or why it does nothing; either is in the history then. Asking again changes nothing: its activity
 * may be tried again, and its workflow may be reset.
 *
 * @param how.isLast see isLateLast
 */
export function begin(
  kept: ScheduleCarried,
  asked: BeginAsked,
  { isLast = false } = {},
): { begun: Begun } | { not: NotBegun } {
  const line = lineOf(kept, asked.workflowId);
  if (line?.ended !== undefined) return { not: becauseOf(line) };
  if (line !== undefined && hasBegun(line)) {
    line.runId = asked.runId;
    return { begun: begunOf(kept, line) };
  }
  const not = whyNot(kept, asked, { line, isLast });
  if (not === undefined) return { begun: begunOf(kept, start(kept, asked, line)) };
  const { runId, workflowId, trigger, plannedMs, atMs } = asked;
  if (line !== undefined) endLine(kept, line, { end: 'left-out', because: not }, atMs);
  else if (not.why !== 'duplicate' && !isCompared(kept, asked))
    addLeftOut(kept, { workflowId, runId, trigger, plannedMs }, not, atMs);
  return { not };
}

function becauseOf({ ended, workflowId }: Occurrence): NotBegun {
  return ended?.end === 'left-out' ? ended.because : { why: 'duplicate', workflowId };
}

/** What was due then has its line, which may have gone from the history by now, or was paused. */
function isCompared({ auditedMs }: ScheduleCarried, { trigger, plannedMs }: BeginAsked): boolean {
  return trigger === 'plan' && plannedMs <= auditedMs;
}

/**
 * Whether it is one of the last that were due, and begins late: nothing more is due when it asks, so that its schedule is over
 * already.
 */
export function isLateLast(kept: ScheduleCarried, { workflowId }: Pick<BeginAsked, 'workflowId'>): boolean {
  const line = lineOf(kept, workflowId);
  return kept.memo.schedule.finished === true && line !== undefined && isOpen(line) && !hasBegun(line);
}

/** @param of.line it was expected: its workflow was there when it should have begun @param of.isLast see isLateLast */
function whyNot(
  kept: ScheduleCarried,
  asked: BeginAsked,
  { line, isLast }: { line: Occurrence | undefined; isLast: boolean },
): NotBegun | undefined {
  const { history, memo } = kept;
  const open = history.filter(isOpen);
  const [oldest] = open;
  if (oldest !== undefined && oldest !== line && open.length >= MOST_OPEN)
    return { why: 'overlap', with: oldest.workflowId, sinceMs: oldest.startedMs ?? oldest.plannedMs };
  if (asked.trigger !== 'plan') return undefined;
  const { plannedMs } = asked;
  const { definition, skips = [], finished, pause } = memo.schedule;
  const other = history.find(
    (each) => each.plannedMs === plannedMs && each !== line && each.trigger !== 'run-now' && hasBegun(each),
  );
  if (other !== undefined) return { why: 'duplicate', workflowId: other.workflowId };
  const isUsedUp = definition.remaining === 0;
  if ((finished && !isLast) || isUsedUp || (definition.endMs !== undefined && plannedMs >= definition.endMs))
    return { why: 'finished' };
  if (pause !== undefined || isPausedAt(kept, plannedMs)) return { why: 'paused' };
  if (skips.includes(plannedMs)) return { why: 'skipped' };
  return whyTooLate(kept, asked, line);
}

/**
 * When the last one that remained began, in milliseconds since the epoch; undefined: some remain, or it is known to be over. It may
 * not be let in, and is given back then.
 */
export function usedUpAtMs({ history, memo: { schedule } }: ScheduleCarried): number | undefined {
  if (schedule.finished || schedule.definition.remaining !== 0) return undefined;
  const last = history.findLast((line) => line.trigger === 'plan' && hasBegun(line));
  return Math.max(schedule.editedMs, last?.startedMs ?? 0);
}

/** Jitter makes none late. */
function whyTooLate(
  kept: ScheduleCarried,
  asked: BeginAsked,
  line: Occurrence | undefined,
): NotBegun | undefined {
  const { plannedMs, atMs, newestDueMs } = asked;
  const { catchUpMs, jitterMs } = kept.memo.schedule.definition;
  const lateMs = atMs - plannedMs - jitterMs;
  if (lateMs > catchUpMs || (line === undefined && isCompared(kept, asked)))
    return { why: 'too-late', catchUpMs };
  if (lateMs > LATE_MS && newestDueMs !== undefined && newestDueMs > plannedMs)
    return { why: 'superseded', byMs: newestDueMs };
  return undefined;
}

function start(kept: ScheduleCarried, asked: BeginAsked, expected: Occurrence | undefined): Occurrence {
  const { workflowId, runId, trigger, plannedMs, atMs } = asked;
  const { schedule, now } = kept.memo;
  const { definition, version } = schedule;
  now.count += 1;
  const line = expected ?? addLine(kept, { workflowId, trigger, plannedMs });
  Object.assign(line, { runId, number: now.count, version, startedMs: atMs });
  if (trigger !== 'plan') return line;
  if ((kept.didNotFireMs ?? plannedMs) < plannedMs) delete kept.didNotFireMs;
  if (definition.remaining !== undefined) definition.remaining -= 1;
  return line;
}

function begunOf({ memo }: ScheduleCarried, line: Occurrence): Begun {
  const { definition, version } = memo.schedule;
  line.version = version;
  return { definition, version, number: line.number ?? 0, lastEndMs: memo.now.last?.endedMs ?? null };
}

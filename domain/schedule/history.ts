import { KEPT_DAYS, KEPT_OCCURRENCES, type ScheduleCarried } from './kept.ts';
import type { NotBegun, Occurrence, OccurrenceEnd } from './occurrence.ts';

// The lines of a schedule's history, and what they add up to.

/** Of what an occurrence waited for, so many are named. */
const NAMED = 3;

/** The line of an occurrence, by its workflow id. */
export function lineOf({ history }: ScheduleCarried, workflowId: string): Occurrence | undefined {
  return history.findLast((line) => line.workflowId === workflowId);
}

/** The line that says what became of a time of the plan. What a person ran at the same moment is none. */
export function lineAt({ history }: ScheduleCarried, plannedMs: number): Occurrence | undefined {
  return history.findLast((line) => line.plannedMs === plannedMs && line.trigger === 'plan');
}

export function hasBegun(line: Occurrence): boolean {
  return line.number !== undefined;
}

export function isOpen(line: Occurrence): boolean {
  return line.ended === undefined;
}

/** Adds a line in the order of planned times. Of more than 500, the oldest one that is over goes. */
export function addLine({ history }: ScheduleCarried, line: Occurrence): Occurrence {
  const before = history.findLastIndex(({ plannedMs }) => plannedMs <= line.plannedMs);
  history.splice(before + 1, 0, line);
  const oldest = history.findIndex((each) => each !== line && !isOpen(each));
  if (history.length > KEPT_OCCURRENCES && oldest >= 0) history.splice(oldest, 1);
  return line;
}

/** Ends a line, and counts it for its day. */
export function endLine(kept: ScheduleCarried, line: Occurrence, ended: OccurrenceEnd, atMs: number): void {
  line.ended = ended;
  line.endedMs = atMs;
  const total = totalOf(kept, dayOf(kept, atMs));
  if (ended.end === 'left-out') {
    total.leftOut += line.times ?? 1;
    return;
  }
  total[ended.end] += 1;
  total.ms += Math.max(0, atMs - (line.startedMs ?? atMs));
  total.tokens += ended.tokens ?? 0;
}

/** A line of one that does nothing. */
export function addLeftOut(
  kept: ScheduleCarried,
  line: Omit<Occurrence, 'ended' | 'endedMs'>,
  because: NotBegun,
  atMs: number,
): void {
  endLine(kept, addLine(kept, line), { end: 'left-out', because }, atMs);
}

/** What it waited for, without the rest of a long list. */
export function shortWait(waited: Occurrence['waited']): Occurrence['waited'] {
  return waited && { ...waited, with: waited.with.slice(0, NAMED) };
}

function totalOf({ totals }: ScheduleCarried, day: string): ScheduleCarried['totals'][number] {
  const known = totals.findLast((total) => total.day === day);
  if (known !== undefined) return known;
  const total = { day, done: 0, failed: 0, cancelled: 0, leftOut: 0, ms: 0, tokens: 0 };
  const before = totals.findLastIndex((each) => each.day < day);
  totals.splice(before + 1, 0, total);
  if (totals.length > KEPT_DAYS) totals.shift();
  return total;
}

/** The day of the schedule's zone; of one that nobody has told, that of UTC. */
function dayOf({ days = [] }: ScheduleCarried, atMs: number): string {
  const day = days.find(({ endsMs }) => endsMs > atMs);
  const isKnown = day !== undefined && day.endsMs - atMs <= LONGEST_DAY_MS;
  return isKnown ? day.day : new Date(atMs).toISOString().slice(0, 10);
}

const LONGEST_DAY_MS = 49 * 3_600_000;

import type { Definition } from './definition.ts';
import type { Pause, ScheduleCarried, ScheduleState, Timed } from './kept.ts';

// What people change of a schedule, and what that means for the times that it was due.

/** Timings and pauses of the past that are remembered. */
const MOST_PAST = 20;

interface By {
  by?: string;
  note?: string;
}

/** What a person wants a schedule to be. */
export interface Wanted extends By {
  definition: Definition;
  /** The version that it was made from; null: there must be none yet. */
  expects: number | null;
  /** It begins paused. */
  paused?: boolean;
  /** What remains is not changed by this edit, however many have begun since its definition was read. */
  keepRemaining?: boolean;
}

export function newSchedule({ definition, paused, by, note }: Wanted, nowMs: number): ScheduleCarried {
  const pause: Pause = { atMs: nowMs, ...(by && { by }), ...(note && { note }) };
  return {
    memo: {
      schedule: {
        ...{ definition, version: 1, createdMs: nowMs, editedMs: nowMs },
        ...(by && { by }),
        ...(paused && { pause }),
        ...(definition.remaining === 0 && { finished: true }),
      },
      now: { count: 0, open: 0, badInARow: 0 },
    },
    ...{ history: [], totals: [], auditedMs: nowMs },
  };
}

export function stateOf({ finished, pause }: ScheduleCarried['memo']['schedule']): ScheduleState {
  if (finished) return 'finished';
  return pause === undefined ? 'active' : 'paused';
}

/** Edits it, if it is what the edit was made from. Its new timing counts from now on, and may bring a finished one back. */
export function edit(kept: ScheduleCarried, wanted: Wanted, nowMs: number): boolean {
  const { schedule } = kept.memo;
  const { expects, by } = wanted;
  if (expects !== schedule.version) return false;
  const definition = wanted.keepRemaining ? withWhatRemains(wanted.definition, schedule) : wanted.definition;
  const [was, is] = [timedOf(schedule.definition), timedOf(definition)];
  if (JSON.stringify(was) !== JSON.stringify(is)) {
    const before = [...(kept.before ?? []), { untilMs: nowMs, timed: was }];
    // So many edits within a minute: the oldest are not compared.
    const dropped = before.splice(0, before.length - MOST_PAST).at(-1);
    kept.auditedMs = dropped?.untilMs ?? kept.auditedMs;
    kept.before = before;
    delete kept.didNotFireMs;
  }
  schedule.definition = definition;
  if (wanted.keepRemaining) kept.remainingOf ??= schedule.version;
  else delete kept.remainingOf;
  schedule.version += 1;
  schedule.editedMs = nowMs;
  delete schedule.by;
  if (by !== undefined) schedule.by = by;
  delete schedule.finished;
  if (definition.remaining === 0) schedule.finished = true;
  delete kept.refused;
  return true;
}

function withWhatRemains(
  { remaining: _, ...definition }: Definition,
  { definition: { remaining } }: ScheduleCarried['memo']['schedule'],
): Definition {
  return { ...definition, ...(remaining !== undefined && { remaining }) };
}

/** What says when it is due, always in the same order. */
function timedOf(definition: Definition): Timed {
  const { timing, timeZone, startMs, endMs, jitterMs, catchUpMs } = definition;
  return {
    ...{ timing, timeZone, jitterMs, catchUpMs },
    ...(startMs !== undefined && { startMs }),
    ...(endMs !== undefined && { endMs }),
  };
}

/** Pauses it. Says whether it was paused; then a new note takes the place of the old one. */
export function pause({ memo: { schedule } }: ScheduleCarried, { by, note }: By, nowMs: number): boolean {
  const was = schedule.pause;
  if (was !== undefined && note === undefined) return true;
  const { after } = was ?? {};
  schedule.pause = {
    atMs: was?.atMs ?? nowMs,
    ...(by && { by }),
    ...(note && { note }),
    ...(after && { after }),
  };
  return was !== undefined;
}

/** Says whether it was paused. Bad ends before it are counted no more: it would pause itself again at the next one. */
export function resume(kept: ScheduleCarried, nowMs: number): boolean {
  const { schedule, now } = kept.memo;
  const { pause: was } = schedule;
  if (was === undefined) return false;
  delete schedule.pause;
  if (was.after !== undefined) now.badInARow = 0;
  kept.pauses = [...(kept.pauses ?? []), { fromMs: was.atMs, untilMs: nowMs }].slice(-MOST_PAST);
  if (kept.auditedMs >= was.atMs && (kept.before ?? []).length === 0) kept.auditedMs = nowMs;
  return true;
}

/** Whether it was or is paused at a moment. */
export function isPausedAt({ memo, pauses = [] }: ScheduleCarried, atMs: number): boolean {
  const { pause: is } = memo.schedule;
  if (is !== undefined && atMs > is.atMs) return true;
  return pauses.some(({ fromMs, untilMs }) => atMs > fromMs && atMs <= untilMs);
}

/** Most times that may be left out by hand at a time. */
const MOST_SKIPS = 100;

/**
 * Leaves a planned time out.
 *
 * @param nextMs the next due times, oldest first @param plannedMs absent: the next one that is not left out yet
 * @returns the time, or null where there is none
 */
export function skip(
  { memo: { schedule } }: ScheduleCarried,
  nextMs: readonly number[],
  plannedMs: number | undefined,
): number | null {
  const skips = schedule.skips ?? [];
  const next = nextMs.find((ms) => !skips.includes(ms));
  const wanted = plannedMs === undefined ? next : nextMs.find((ms) => ms === plannedMs);
  if (wanted === undefined || skips.length >= MOST_SKIPS) return null;
  if (!skips.includes(wanted)) schedule.skips = [...skips, wanted].sort((a, b) => a - b);
  return wanted;
}

/** Nothing more is due: it stays known, and an edit brings it back. */
export function finish(kept: ScheduleCarried): void {
  kept.memo.schedule.finished = true;
  delete kept.didNotFireMs;
}

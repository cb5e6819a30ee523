import type { EnterAsked, Entered, KnownOccurrence, OccurrenceRef, WaitsFor } from './entry.ts';
import { standings } from './standing.ts';

// Who of the occurrences of all schedules may work: limits over all and by job key, and what becomes of one that is due while
// an earlier one of its schedule is not over. `known` is in the order in which they asked first; those of one schedule that wait
// for each other are in that of their times.

/** One in line asks again after so long, or when it is told to. */
export const ASK_AGAIN_MS = 60_000;
/** One in line that has not asked for so long is gone. */
export const GONE_AFTER_MS = 3 * ASK_AGAIN_MS;
/** In the way of one, at most so many are named; over time each is. */
export const MOST_NAMED = 20;

/** What is known after a message. */
export interface Admission {
  known: KnownOccurrence[];
  /** Workflow ids of those in line that would not be told to wait any more: they are to ask again. */
  tell: string[];
}

/** Whether it would come behind one of a later time, which has asked before it. */
export function isOutOfOrder(known: readonly KnownOccurrence[], asked: EnterAsked, nowMs: number): boolean {
  const there = withoutGone(known, nowMs);
  return !there.some(isSame(asked)) && placeInOrder(there, asked) < there.length;
}

/**
 * What an occurrence is answered that asks to enter. One that asks again after it was let in gets the same answer, since the
 * first may be lost.
 *
 * @param nowMs milliseconds since the epoch
 * @param how.inOrder false: it comes behind all that have asked before it
 */
export function enter(
  known: readonly KnownOccurrence[],
  asked: EnterAsked,
  nowMs: number,
  { inOrder = true } = {},
): Admission & { answer: Entered } {
  const { force, atMs: _, ...kept } = asked;
  const before = known.find(isSame(asked));
  const isIn = before?.enteredMs !== undefined;
  const cancelledFor = before?.cancelledFor;
  const me: KnownOccurrence = {
    ...kept,
    askedMs: nowMs,
    ...(cancelledFor !== undefined && { cancelledFor }),
  };
  const there = withThis(withoutGone(known, nowMs), me, inOrder);
  if (isIn || force) {
    const sinceMs = isIn && before.runId === asked.runId ? before.enteredMs : nowMs;
    return { answer: { enter: 'now' }, ...after(withThis(there, { ...me, enteredMs: sinceMs ?? nowMs })) };
  }
  const all = standings(there);
  const stands = all.get(me.workflowId);
  switch (stands?.stands) {
    case undefined:
    case 'may-enter':
      return { answer: { enter: 'now' }, ...after(withThis(there, { ...me, enteredMs: nowMs })) };
    case 'left-out':
      return { answer: { enter: 'not', because: stands.because }, ...after(there.filter(isOther(me))) };
    case 'waits': {
      const waits = someNamed(stands.waits, nowMs);
      const untilMs = nowMs + ASK_AGAIN_MS;
      if (stands.cancels === undefined)
        return { answer: { enter: 'wait', waits, untilMs }, ...after(there, all) };
      const cancel = stands.cancels.map(({ workflowId, runId }) => ({ workflowId, runId }));
      const told = there.map((each) =>
        stands.cancels?.includes(each) ? { ...each, cancelledFor: me.workflowId } : each,
      );
      return { answer: { enter: 'cancel-first', waits, cancel, untilMs }, ...after(told) };
    }
  }
}

/** These are over. A word about another run than the one that is known changes nothing. */
export function leave(known: readonly KnownOccurrence[], gone: readonly OccurrenceRef[]): Admission {
  const runs = new Set(gone.map(keyOf));
  return after(known.filter((each) => !runs.has(keyOf(each))));
}

/** With what each in line waits for, for whoever asks how it stands. */
export function withReasons(known: readonly KnownOccurrence[], nowMs: number): KnownOccurrence[] {
  const all = standings(known);
  return known.map((each) => {
    const stands = all.get(each.workflowId);
    return stands?.stands === 'waits' ? { ...each, waits: someNamed(stands.waits, nowMs) } : each;
  });
}

function after(known: KnownOccurrence[], all = standings(known)): Admission {
  const tell = [...all].flatMap(([id, { stands }]) => (stands === 'waits' ? [] : [id]));
  return { known, tell };
}

function withoutGone(known: readonly KnownOccurrence[], nowMs: number): KnownOccurrence[] {
  return known.filter(
    ({ enteredMs, askedMs }) => enteredMs !== undefined || nowMs - askedMs <= GONE_AFTER_MS,
  );
}

/** In its place, or where it belongs. */
function withThis(known: readonly KnownOccurrence[], it: KnownOccurrence, inOrder = true): KnownOccurrence[] {
  if (known.some(isSame(it))) return known.map((each) => (isSame(it)(each) ? it : each));
  return known.toSpliced(inOrder ? placeInOrder(known, it) : known.length, 0, it);
}

/** Before the first one that waits for its turn as it does, and whose time is later; else at the end. */
function placeInOrder(
  known: readonly KnownOccurrence[],
  { schedule, overlap, plannedMs }: Pick<KnownOccurrence, 'schedule' | 'overlap' | 'plannedMs'>,
): number {
  if (overlap === 'skip' || overlap === 'allow') return known.length;
  const at = known.findIndex(
    (each) =>
      each.enteredMs === undefined &&
      each.schedule === schedule &&
      each.overlap === overlap &&
      each.plannedMs > plannedMs,
  );
  return at === -1 ? known.length : at;
}

/**
 * A server is asked about each that is named, whether it is still there. So where many are in the way, others are named each
 * minute, and each one's turn comes.
 */
function someNamed(waits: WaitsFor, nowMs: number): WaitsFor {
  const all = waits.with;
  if (all.length <= MOST_NAMED) return waits;
  const from = (Math.floor(nowMs / ASK_AGAIN_MS) * MOST_NAMED) % all.length;
  return { ...waits, with: [...all.slice(from), ...all.slice(0, from)].slice(0, MOST_NAMED) };
}

const isSame =
  ({ workflowId }: { workflowId: string }) =>
  (each: KnownOccurrence) =>
    each.workflowId === workflowId;
const isOther = (it: { workflowId: string }) => (each: KnownOccurrence) => !isSame(it)(each);
const keyOf = ({ workflowId, runId }: OccurrenceRef) => `${workflowId} ${runId}`;

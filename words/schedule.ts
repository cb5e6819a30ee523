import type { Pause, ScheduleLine } from '../contract/schedule.ts';
import { type Definition, jobKeyOf, type Overlap, PRIORITIES } from '../domain/schedule/definition.ts';
import { moment } from './clock.ts';
import { duration } from './duration.ts';
import { counted } from './number.ts';

// A schedule, as clauses for people: without a capital and a full stop.

/** `active`, `paused, in trouble`. */
export function sayState({ state, now }: Pick<ScheduleLine, 'state' | 'now'>): string {
  return (now.problems ?? []).length > 0 ? `${state}, in trouble` : state;
}

/** Who paused it, when and why, or that it did so itself. */
export function sayPause({ by, note, atMs, after }: Pause): string {
  const why = note === undefined ? '' : `: ${note}`;
  if (after !== undefined)
    return `paused itself at ${moment(atMs)}, after ${counted(after.badEnds, 'bad end')} in a row, the last one since ${after.reason}`;
  return `paused ${by === undefined ? 'by hand' : `by ${by}`}, ${moment(atMs)}${why}`;
}

const OVERLAPS: Record<Overlap, string> = {
  skip: 'is left out while an earlier one goes on',
  buffer: 'waits while an earlier one goes on, a newer one in its place',
  cancel: 'stops an earlier one that goes on',
  allow: 'begins beside earlier ones',
};

/** What bounds its occurrences: one clause each. */
export function sayBounds(definition: Definition): string[] {
  const { overlap, maxPerJob, maxGlobal, catchUpMs, jitterMs, remaining, pauseOnFailure } = definition;
  const key = jobKeyOf(definition);
  return [
    `an occurrence ${OVERLAPS[overlap]} (${overlap})`,
    ...(maxPerJob === undefined ? [] : [`at most ${maxPerJob} at once with the job key ${key}`]),
    ...(maxGlobal === undefined ? [] : [`only while fewer than ${maxGlobal} of all schedules are under way`]),
    `one that was missed may begin up to ${duration(catchUpMs)} later`,
    ...(jitterMs === 0 ? [] : [`each begins up to ${duration(jitterMs)} later, by chance`]),
    ...(remaining === undefined ? [] : [`${counted(remaining, 'more time')}`]),
    ...(pauseOnFailure === undefined
      ? []
      : [`it is paused after ${counted(pauseOnFailure, 'bad end')} in a row`]),
  ];
}

/** `high (10)`, `7`. */
export function sayPriority(priority: number): string {
  const word = Object.entries(PRIORITIES).find(([, number]) => number === priority)?.[0];
  return word === undefined ? String(priority) : `${word} (${priority})`;
}

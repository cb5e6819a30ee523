import { compileOrSay, type WhenDue } from '../../domain/schedule/compile.ts';
import { timesOf } from '../../domain/schedule/matching-times.ts';

/** The next due times after a moment; none of a timing that cannot be read here. Milliseconds since the epoch. */
export function nextTimes(when: WhenDue & { remaining?: number }, afterMs: number, count: number): number[] {
  const spec = compileOrSay(when);
  if ('code' in spec) return [];
  return timesOf(spec, afterMs, { count: Math.min(count, when.remaining ?? count) });
}

/** How often it was due in (from, until]. */
export function timesBetween(when: WhenDue, fromMs: number, untilMs: number): number {
  const spec = compileOrSay(when);
  return 'code' in spec ? 0 : timesOf(spec, fromMs, { untilMs }).length;
}

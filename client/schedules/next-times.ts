import { compileOrSay, type WhenDue } from '../../domain/schedule/compile.ts';
import { timesOf } from '../../domain/schedule/matching-times.ts';
import { type Upcoming, upcoming } from '../../domain/schedule/upcoming.ts';

/**
 * The next due times after a moment; none of a timing that cannot be read here. Those that a person leaves out are among them, and
 * use up nothing of what remains. Milliseconds since the epoch.
 */
export function nextTimes(
  { remaining = Number.POSITIVE_INFINITY, ...when }: WhenDue & { remaining?: number },
  skips: readonly number[],
  { afterMs, count }: { afterMs: number; count: number },
): number[] {
  const spec = compileOrSay(when);
  if ('code' in spec) return [];
  const times = timesOf(spec, afterMs, { count: Math.min(count, remaining + skips.length) });
  let left = remaining;
  return times.filter((ms) => {
    if (skips.includes(ms)) return true;
    left -= 1;
    return left >= 0;
  });
}

/** How often it was due in (from, until]. */
export function timesBetween(when: WhenDue, fromMs: number, untilMs: number): number {
  const spec = compileOrSay(when);
  return 'code' in spec ? 0 : timesOf(spec, fromMs, { untilMs }).length;
}

/** The same, with what changes of the clocks do to them. Throws as `upcoming` does. */
export function comingOf(
  when: WhenDue & { remaining?: number },
  skips: readonly number[],
  about: { afterMs: number; count: number },
): Upcoming[] {
  return upcoming(when, about.afterMs, nextTimes(when, skips, about).length);
}

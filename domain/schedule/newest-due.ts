import { compileTiming, type WhenDue } from './compile.ts';
import { timesOf } from './matching-times.ts';

/** Many times are in a short span, or few in a long one: the shorter ones are looked at first. */
const SPANS_MS = [60_000, 3_600_000, 86_400_000];

/**
 * The newest time in (after, until] at which a schedule was due, jitter left out; undefined: there is none. Moments are in
 * milliseconds since the epoch. Throws UnreadableTiming for a timing that `checkTiming` would not have accepted.
 */
export function newestDue(
  when: WhenDue,
  { afterMs, untilMs }: { afterMs: number; untilMs: number },
): number | undefined {
  const spec = compileTiming(when);
  const allMs = untilMs - afterMs;
  for (const span of [...SPANS_MS.filter((each) => each < allMs), allMs]) {
    const newest = timesOf(spec, untilMs - span, { untilMs }).at(-1);
    if (newest !== undefined) return newest;
  }
  return undefined;
}

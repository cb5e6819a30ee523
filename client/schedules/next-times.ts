import type { Definition } from '../../domain/schedule/definition.ts';

/** Nothing more is counted. */
const MOST_COUNTED = 10_000;

type Timed = Pick<Definition, 'timing' | 'timeZone' | 'startMs' | 'endMs' | 'remaining'>;

/** The next due times after a moment, at most `count` and at most as many as remain; milliseconds since the epoch. */
export function nextTimes(definition: Timed, afterMs: number, count: number): number[] {
  const most = Math.min(count, definition.remaining ?? count);
  return matching(definition, afterMs, { count: most });
}

/** How often it was due in (from, until]; at most 10,000 are counted. */
export function timesBetween(definition: Timed, fromMs: number, untilMs: number): number {
  return matching(definition, fromMs, { count: MOST_COUNTED }).filter((ms) => ms <= untilMs).length;
}

/** STAND-IN until the timing part is there. */
function matching(
  { timing, startMs = 0, endMs = Number.POSITIVE_INFINITY }: Timed,
  afterMs: number,
  { count }: { count: number },
) {
  if (timing.kind !== 'every') return [];
  const { everyMs, offsetMs = 0 } = timing;
  const times: number[] = [];
  for (
    let at = (Math.floor((Math.max(afterMs, startMs - 1) - offsetMs) / everyMs) + 1) * everyMs + offsetMs;
    times.length < count && at <= endMs;
    at += everyMs
  )
    times.push(at);
  return times;
}

import { asUtcMs, momentsOf, wallTime, type Zone } from '../../domain/schedule/zone.ts';

/** An hour or a day, as the clocks of a zone have it. */
export interface Stretch {
  key: string;
  sinceMs: number;
  untilMs: number;
}

const HOUR_MS = 3_600_000;

/** The days of a zone that have a part of a time, each 23 to 25 hours where the clocks are moved; at most so many, the last. */
export function daysWithin(zone: Zone, sinceMs: number, untilMs: number, most: number): Stretch[] {
  return within(sinceMs, untilMs, most, (atMs) => {
    const wall = wallTime(zone, atMs);
    const midnight = { ...wall, hour: 0, minute: 0, second: 0 };
    return {
      key: dateOf(asUtcMs(midnight)),
      sinceMs: beginOf(zone, asUtcMs(midnight)),
      untilMs: beginOf(zone, asUtcMs({ ...midnight, day: wall.day + 1 })),
    };
  });
}

/** The hours likewise. One that comes twice is two, told apart by how far the clocks are ahead of UTC. */
export function hoursWithin(zone: Zone, sinceMs: number, untilMs: number, most: number): Stretch[] {
  return within(sinceMs, untilMs, most, (atMs) => {
    const offset = zone.offsetMs(atMs);
    const full = Math.floor((atMs + offset) / HOUR_MS) * HOUR_MS - offset;
    const changed = zone.changeAfter(full - 1);
    const next = zone.changeAfter(atMs);
    const begin = changed !== undefined && changed.atMs <= atMs ? Math.max(full, changed.atMs) : full;
    return {
      key: `${new Date(begin + offset).toISOString().slice(0, 16)}${offsetText(offset)}`,
      sinceMs: begin,
      untilMs: Math.min(full + HOUR_MS, next?.atMs ?? Number.POSITIVE_INFINITY),
    };
  });
}

/** From the last one back, so that the earliest are left out where there are too many. */
function within(sinceMs: number, untilMs: number, most: number, at: (ms: number) => Stretch): Stretch[] {
  const found: Stretch[] = [];
  for (let ms = untilMs - 1; ms >= sinceMs && found.length < most; ) {
    const stretch = at(ms);
    found.push(stretch);
    ms = stretch.sinceMs - 1;
  }
  return found.reverse();
}

/** The first moment of a day. Where the clocks leave midnight out, it is when they are moved. */
function beginOf(zone: Zone, midnight: number): number {
  const date = new Date(midnight);
  const [first] = momentsOf(zone, {
    ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
    ...{ hour: 0, minute: 0, second: 0 },
  });
  if (first !== undefined) return first;
  const before = midnight - zone.offsetMs(midnight - 2 * 24 * HOUR_MS) - HOUR_MS;
  return zone.changeAfter(before)?.atMs ?? midnight;
}

const dateOf = (utcMs: number) => new Date(utcMs).toISOString().slice(0, 10);

function offsetText(offsetMs: number): string {
  const minutes = Math.abs(Math.round(offsetMs / 60_000));
  const two = (number: number) => String(number).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

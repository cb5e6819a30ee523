import { momentOf, wallOf } from './clock-of-zone.ts';

/** From when to when; times in milliseconds since the epoch. */
export interface Range {
  name: RangeName;
  sinceMs: number;
  /** Null: until now. */
  untilMs: number | null;
  /** As it follows `31 ended`: `in the last 24 h`. */
  says: string;
}

export const RANGES = ['24h', 'yesterday', 'night', '7d', 'custom'] as const;
export type RangeName = (typeof RANGES)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What moves with the time moves in such steps, so that the server is not asked something new each second. */
const STEP_MS = 300_000;
const DAYS_MOST = 400;

export type Words = ReadonlyMap<string, string>;

/** Which time an address means. What cannot be read is the last 24 hours. */
export function rangeOf(words: Words, nowMs: number, zone: string): Range {
  const now = Math.floor(nowMs / STEP_MS) * STEP_MS;
  const name = RANGES.find((each) => each === words.get('range')) ?? '24h';
  const { year, month, day } = wallOf(zone, nowMs);
  const yesterdayAt = (hour: number) => momentOf(zone, { year, month, day: day - 1, hour, minute: 0 });
  const last24h: Range = { name: '24h', sinceMs: now - DAY_MS, untilMs: null, says: 'in the last 24 h' };
  switch (name) {
    case '24h':
      return last24h;
    case 'yesterday':
      return { name, sinceMs: yesterdayAt(0), untilMs: null, says: 'since yesterday 0:00' };
    case 'night':
      return { name, sinceMs: yesterdayAt(18), untilMs: null, says: 'since yesterday 18:00' };
    case '7d':
      return { name, sinceMs: now - 7 * DAY_MS, untilMs: null, says: 'in the last 7 days' };
    case 'custom':
      return customOf(words, nowMs, zone) ?? last24h;
  }
}

/** `from` and `to` as clocks of the zone show them: `2026-11-26T18:00`. Without `to`: until now. */
function customOf(words: Words, nowMs: number, zone: string): Range | undefined {
  const sinceMs = readWall(words.get('from'), zone);
  const untilMs = readWall(words.get('to'), zone) ?? null;
  if (sinceMs === undefined || sinceMs >= (untilMs ?? nowMs) || nowMs - sinceMs > DAYS_MOST * DAY_MS)
    return undefined;
  const from = (words.get('from') ?? '').replace('T', ' ');
  const to = (words.get('to') ?? '').replace('T', ' ');
  return {
    name: 'custom',
    sinceMs,
    untilMs,
    says: untilMs === null ? `since ${from}` : `from ${from} to ${to}`,
  };
}

/** Undefined: it is no such time. */
export function readWall(text: string | undefined, zone: string): number | undefined {
  const [, ...parts] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)$/.exec(text ?? '') ?? [];
  const [year, month, day, hour, minute] = parts.map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (hour === undefined || minute === undefined || month > 12 || day > 31 || hour > 23 || minute > 59)
    return undefined;
  const ms = momentOf(zone, { year, month, day, hour, minute });
  return ms > 0 ? ms : undefined;
}

/** As an input of a time has it. */
export function wallText(ms: number, zone: string): string {
  const { year, month, day, hour, minute } = wallOf(zone, ms);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

/** The time before, of the same length, to compare with. */
export function before({ sinceMs, untilMs }: Range, nowMs: number): { sinceMs: number; untilMs: number } {
  const end = untilMs ?? Math.floor(nowMs / STEP_MS) * STEP_MS;
  return { sinceMs: sinceMs - Math.max(STEP_MS, end - sinceMs), untilMs: sinceMs };
}

/** Of up to two days each hour is a bar, of more each day. */
export function stepOf({ sinceMs, untilMs }: Range, nowMs: number): 'hour' | 'day' {
  return (untilMs ?? nowMs) - sinceMs <= 49 * HOUR_MS ? 'hour' : 'day';
}

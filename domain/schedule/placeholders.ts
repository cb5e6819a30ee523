import { cut } from '../cut.ts';
import { wallTime, type Zone } from './zone.ts';

/** What a title or a description may be filled in with. */
export interface PlaceholderValues {
  /** Day and time at which the occurrence is due, in the zone of the schedule: `2026-12-24`, `18:00`. */
  date: string;
  time: string;
  /** Which occurrence of the schedule it is, from 1 on. */
  count: string;
  /** When the one before it ended, as RFC 3339 in the zone; `never` for the first. */
  last_end: string;
}

export const PLACEHOLDERS = [
  'date',
  'time',
  'count',
  'last_end',
] as const satisfies readonly (keyof PlaceholderValues)[];

const PLACEHOLDER = new RegExp(`\\{\\{ ?(${PLACEHOLDERS.join('|')}) ?\\}\\}`, 'g');

/**
 * A text with its placeholders filled in, cut after `maxChars` characters. Each is looked at once: what is filled in, and whatever
 * else stands in braces, stays as it is.
 */
export function fillIn(text: string, values: PlaceholderValues, maxChars: number): string {
  const filled = text.replace(PLACEHOLDER, (_, name: keyof PlaceholderValues) => values[name]);
  return cut(filled, { chars: maxChars, bytes: Number.POSITIVE_INFINITY });
}

/** The values for an occurrence that is due at `nominalMs`. */
export function placeholderValues(
  { nominalMs, count, lastEndMs }: { nominalMs: number; count: number; lastEndMs: number | null },
  zone: Zone,
): PlaceholderValues {
  const [date = '', time = ''] = rfc3339(nominalMs, zone).split('T');
  return {
    date,
    time: time.slice(0, 5),
    count: String(count),
    last_end: lastEndMs === null ? 'never' : rfc3339(lastEndMs, zone),
  };
}

/** `2026-12-24T18:00:00+01:00`: a moment as the clocks of a zone show it. */
export function rfc3339(ms: number, zone: Zone): string {
  const { year, month, day, hour, minute, second } = wallTime(zone, ms);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${offsetText(zone.offsetMs(ms))}`;
}

/** `+01:00`; `Z` for none. */
export function offsetText(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  if (minutes === 0) return 'Z';
  const two = (number: number) => String(number).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

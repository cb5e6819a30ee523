import { cut } from '../cut.ts';
import type { TimingNote, TimingProblem } from './timing-problem.ts';
import { asUtcMs, type ClockChange, daysInMonth, momentsOf, type WallTime, type Zone } from './zone.ts';

export interface ReadMoment {
  atMs: number;
  notes: TimingNote[];
}

const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/i;

/**
 * A moment as a person writes it: `2026-12-24 18:00`, seconds may follow, in the zone; or with how far its clocks are ahead of UTC,
 * `2026-12-24 18:00 +01:00`. Of one that the clocks show twice the first is taken, and a note says so.
 */
export function readMoment(text: string, zone: Zone): ReadMoment | TimingProblem {
  const [matched, ...parts] = MOMENT.exec(text.trim()) ?? [];
  if (matched === undefined) return { code: 'moment-text', text: cut(text) };
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(0, 6)
    .map((part) => Number(part ?? 0));
  const wall: WallTime = { year, month, day, hour, minute, second };
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 || year < 2000 || year > 2099) {
    return { code: 'no-such-date', text, daysInMonth: null };
  }
  const days = daysInMonth(year, month);
  if (day < 1 || day > days) return { code: 'no-such-date', text, daysInMonth: days };
  const offset = parts[6];
  return offset === undefined
    ? inZone(wall, zone, text)
    : { atMs: asUtcMs(wall) - offsetMs(offset), notes: [] };
}

function offsetMs(text: string): number {
  const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})/.exec(text) ?? [];
  const ms = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -ms : ms;
}

function inZone(wall: WallTime, zone: Zone, text: string): ReadMoment | TimingProblem {
  const [first, second] = momentsOf(zone, wall);
  if (first === undefined) {
    return { code: 'moment-left-out', text, timeZone: zone.name, change: changePast(wall, zone) };
  }
  if (second === undefined) return { atMs: first, notes: [] };
  return {
    atMs: first,
    notes: [{ code: 'moment-twice', meantMs: first, otherMs: second, timeZone: zone.name }],
  };
}

/** The change that leaves out a wall time. */
function changePast(wall: WallTime, zone: Zone): ClockChange {
  const dayBefore = asUtcMs(wall) - 2 * 86_400_000;
  const change = zone.changeAfter(dayBefore);
  if (change === undefined) throw new Error(`no clocks are changed in ${zone.name} after ${dayBefore}`);
  return change;
}

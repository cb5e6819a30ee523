import { cut } from '../cut.ts';
import { calendarNotes, readCalendar } from './calendar.ts';
import { compileOrSay, type WhenDue } from './compile.ts';
import { cronNotes, readCron } from './cron.ts';
import type { Timing } from './definition.ts';
import { everyProblem, readLength } from './every.ts';
import { nextTime } from './matching-times.ts';
import { readMoment } from './moment.ts';
import type { TimingNote, TimingProblem } from './timing-problem.ts';
import { nearestZone, type Zone, zoneOf } from './zone.ts';

/** When a schedule is due, as the texts of a person or of a file. One of the first four is given. */
export interface TimingTexts {
  cron?: string;
  /** A length: `15m`, `1h30m`, `2d`. */
  every?: string;
  at?: string;
  calendar?: string;
}

/** What bounds a new timing: the time now, and that of a pass. */
export interface TimingLimits {
  nowMs: number;
  loopIntervalMs: number;
}

export type CheckedTiming = { timing: Timing; notes: TimingNote[] } | { problem: TimingProblem };

/** Reads a timing from texts, and checks it as `checkTiming` does. */
export function readTiming(
  texts: TimingTexts,
  place: Omit<WhenDue, 'timing'>,
  limits: TimingLimits,
): CheckedTiming {
  const { cron, every, at, calendar } = texts;
  const timings: Timing[] = [
    ...(cron === undefined ? [] : [{ kind: 'cron', cron } as const]),
    ...(every === undefined ? [] : [{ kind: 'every', everyMs: readLength(every) ?? Number.NaN } as const]),
    ...(at === undefined ? [] : [{ kind: 'at', at } as const]),
    ...(calendar === undefined ? [] : [{ kind: 'calendar', calendar } as const]),
  ];
  const [timing, another] = timings;
  if (timing === undefined || another !== undefined) {
    return { problem: { code: 'not-one-timing', given: timings.map(({ kind }) => kind) } };
  }
  if (timing.kind === 'every' && Number.isNaN(timing.everyMs)) {
    return { problem: { code: 'every-text', text: cut(every ?? '') } };
  }
  return checkTiming({ timing, ...place }, limits);
}

/** Whether a new schedule may be due like this, and what its author should know of it. */
export function checkTiming(when: WhenDue, limits: TimingLimits): CheckedTiming {
  const zone = zoneOf(when.timeZone);
  if (zone === undefined) {
    const near = nearestZone(when.timeZone) ?? null;
    return { problem: { code: 'unknown-zone', timeZone: cut(when.timeZone), near } };
  }
  const own = ownOf(when.timing, zone, limits);
  if ('code' in own) return { problem: own };
  const problem = boundsProblem(when, limits) ?? neverDue(when, limits);
  return problem === undefined ? { timing: when.timing, notes: own.notes } : { problem };
}

/** What is to be said of the timing alone. */
function ownOf(timing: Timing, zone: Zone, limits: TimingLimits): { notes: TimingNote[] } | TimingProblem {
  switch (timing.kind) {
    case 'every':
      return everyProblem(timing, limits.loopIntervalMs) ?? { notes: [] };
    case 'at': {
      const moment = readMoment(timing.at, zone);
      if ('code' in moment || moment.atMs > limits.nowMs) return moment;
      return { code: 'at-past', atMs: moment.atMs, nowMs: limits.nowMs, timeZone: zone.name };
    }
    case 'cron': {
      const cron = readCron(timing.cron);
      return 'code' in cron ? cron : { notes: cronNotes(cron) };
    }
    case 'calendar': {
      const words = readCalendar(timing.calendar);
      return 'code' in words ? words : { notes: calendarNotes(words) };
    }
  }
}

function boundsProblem(
  { startMs, endMs, timeZone }: WhenDue,
  { nowMs }: TimingLimits,
): TimingProblem | undefined {
  if (endMs === undefined) return undefined;
  if (startMs !== undefined && endMs <= startMs)
    return { code: 'end-before-start', startMs, endMs, timeZone };
  return endMs <= nowMs ? { code: 'end-past', endMs, nowMs, timeZone } : undefined;
}

function neverDue(when: WhenDue, { nowMs }: TimingLimits): TimingProblem | undefined {
  const spec = compileOrSay(when);
  if ('code' in spec) return spec;
  if (nextTime(spec, nowMs) !== undefined) return undefined;
  const { startMs = null, endMs = null, timeZone } = when;
  return { code: 'never-due', startMs, endMs, timeZone };
}

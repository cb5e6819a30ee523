import type { Field } from './server-spec.ts';
import type { ClockChange } from './zone.ts';

/** Why a timing cannot be used. Its sentences are in words/schedule-timing.ts. */
export type TimingProblem =
  /** None of the ways to say when it is due was used, or more than one. */
  | { code: 'not-one-timing'; given: ('cron' | 'every' | 'at' | 'calendar')[] }
  | { code: 'too-long'; what: 'cron' | 'calendar'; chars: number; maxChars: number }
  /** Five fields are cron; with six Temporal takes the last for the year, others the first for seconds. */
  | { code: 'cron-fields'; count: number }
  /** A field of the five that cannot be read. `part` is what is wrong in it. */
  | { code: 'cron-field'; field: CronField; part: string; wrong: CronFault }
  /** `@reboot`, `@every 1h`. */
  | { code: 'cron-macro'; macro: string }
  /** `CRON_TZ=…` before the fields: the zone of the schedule counts. */
  | { code: 'cron-zone'; zone: string }
  | { code: 'every-text'; text: string }
  | { code: 'every-bounds'; everyMs: number; minMs: number; maxMs: number }
  /** Not of whole seconds, or moved by as much as itself or more. */
  | { code: 'every-offset'; everyMs: number; offsetMs: number }
  /** Shorter than the loop interval, so that two would be due before anybody looks. */
  | { code: 'every-below-loop'; everyMs: number; loopIntervalMs: number }
  | { code: 'moment-text'; text: string }
  | { code: 'no-such-date'; text: string; daysInMonth: number | null }
  /** The clocks are moved past it: they show `after` next. */
  | { code: 'moment-left-out'; text: string; timeZone: string; change: ClockChange }
  | { code: 'at-past'; atMs: number; nowMs: number; timeZone: string }
  /** `part` is what cannot be read; empty: there is too little. `near`: the word that may be meant. */
  | { code: 'calendar-text'; text: string; part: string; near: string | null }
  | { code: 'calendar-time'; part: string }
  | { code: 'calendar-no-time'; text: string }
  /** `31 february`. */
  | { code: 'no-such-day'; day: number; month: number; daysInMonth: number }
  | { code: 'unknown-zone'; timeZone: string; near: string | null }
  | { code: 'end-before-start'; startMs: number; endMs: number; timeZone: string }
  | { code: 'end-past'; endMs: number; nowMs: number; timeZone: string }
  /** No day has it, or none from its start to its end. */
  | { code: 'never-due'; startMs: number | null; endMs: number | null; timeZone: string };

export type CronField = Exclude<Field, 'second'>;

export type CronFault =
  | { kind: 'empty' }
  /** Not a number, a name, or a range of these. */
  | { kind: 'unreadable'; near: string | null }
  | { kind: 'out-of-range'; min: number; max: number }
  /** From a larger number to a smaller one. */
  | { kind: 'backwards' }
  | { kind: 'step'; max: number }
  /** `?`, `W`, `#`, `H`: of other programs. */
  | { kind: 'not-cron'; sign: string };

/** What somebody should know of a timing that can be used. */
export type TimingNote =
  /** A day of the month and a day of the week are given, and cron takes either. */
  | { code: 'either-day' }
  /** Both have to match, as cron has it where one of them begins with `*`. */
  | { code: 'both-days' }
  /** It falls where clocks are put back, so that they show it twice. */
  | { code: 'moment-twice'; meantMs: number; otherMs: number; timeZone: string }
  /** Some months have no such day, so it is not due in them. */
  | { code: 'not-every-month'; day: number }
  | { code: 'leap-years-only' };

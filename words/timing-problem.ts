import type { CronFault, CronField, TimingNote, TimingProblem } from '../domain/schedule/timing-problem.ts';
import { seasonOf } from '../domain/schedule/upcoming.ts';
import { sayChange, sayMoment } from './due.ts';
import { exactly, sayMonth } from './schedule-timing.ts';

const quoted = (text: string) => JSON.stringify(text);
const perhaps = (near: string | null) => (near === null ? '' : ` Perhaps ${quoted(near)} is meant.`);

/** Why a timing cannot be used, and what to do about it. */
export function sayTimingProblem(problem: TimingProblem): string {
  switch (problem.code) {
    case 'not-one-timing':
      return problem.given.length === 0
        ? 'It is not said when it is due: give one of cron, every, at and calendar.'
        : `It is said in more than one way when it is due (${problem.given.join(', ')}): give one of them.`;
    case 'too-long':
      return `The ${problem.what} text has ${problem.chars} characters; at most ${problem.maxChars} are allowed.`;
    case 'unknown-zone':
      return `There is no time zone ${quoted(problem.timeZone)}.${perhaps(problem.near) || ' Give a name of the tz database, such as "Europe/Berlin" or "UTC".'}`;
    case 'end-before-start': {
      const { startMs, endMs, timeZone } = problem;
      return `Its end (${sayMoment(endMs, timeZone)}) is not after its start (${sayMoment(startMs, timeZone)}).`;
    }
    case 'end-past':
      return `Its end (${sayMoment(problem.endMs, problem.timeZone)}) is past: it is ${sayMoment(problem.nowMs, problem.timeZone)} now.`;
    case 'never-due':
      return sayNever(problem);
    default:
      return sayText(problem);
  }
}

type Of<Codes extends string> = Extract<TimingProblem, { code: Codes }>;
type AboutAll = Of<
  'not-one-timing' | 'too-long' | 'unknown-zone' | 'end-before-start' | 'end-past' | 'never-due'
>;
type AboutText = Exclude<TimingProblem, AboutAll>;

function sayNever({ startMs, endMs, timeZone }: Of<'never-due'>): string {
  if (startMs === null && endMs === null) return 'It would never be due: no day is as it says.';
  const from = startMs === null ? 'now' : sayMoment(startMs, timeZone);
  const until = endMs === null ? '' : ` until ${sayMoment(endMs, timeZone)}`;
  return `It would never be due: nothing matches from ${from} on${until}.`;
}

function sayText(problem: AboutText): string {
  switch (problem.code) {
    case 'cron-fields':
    case 'cron-field':
    case 'cron-macro':
    case 'cron-zone':
      return sayCronProblem(problem);
    case 'every-text':
    case 'every-bounds':
    case 'every-offset':
    case 'every-below-loop':
      return sayEveryProblem(problem);
    case 'moment-text':
    case 'no-such-date':
    case 'moment-left-out':
    case 'at-past':
      return sayMomentProblem(problem);
    default:
      return sayCalendarProblem(problem);
  }
}

const FIELDS: Record<CronField, string> = {
  minute: 'minute (field 1)',
  hour: 'hour (field 2)',
  dayOfMonth: 'day of the month (field 3)',
  month: 'month (field 4)',
  dayOfWeek: 'day of the week (field 5)',
};

function sayCronProblem(problem: Of<`cron-${string}`>): string {
  switch (problem.code) {
    case 'cron-fields': {
      const five = 'Cron has five fields: minute, hour, day of the month, month, day of the week.';
      if (problem.count === 6) {
        return `${five} Here are six: Temporal takes the sixth for the year, other programs the first for seconds. Leave one out; for less than a minute there is "every".`;
      }
      if (problem.count === 7) {
        return `${five} Here are seven: Temporal takes the first for seconds and the last for the year. Leave both out.`;
      }
      return `${five} Here ${problem.count === 1 ? 'is 1' : `are ${problem.count}`}.`;
    }
    case 'cron-field':
      return sayCronField(problem);
    case 'cron-macro':
      return /^@every/i.test(problem.macro)
        ? `${quoted(problem.macro)} is an interval: give it as "every", such as "15m".`
        : `There is no ${quoted(problem.macro)}: there are @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually.`;
    case 'cron-zone':
      return `The zone ${quoted(problem.zone)} does not belong before the fields: give it as the schedule's time zone.`;
  }
}

function sayCronField({ field, part, wrong }: Of<'cron-field'>): string {
  const where = `In the field ${FIELDS[field]} of the cron`;
  if (wrong.kind === 'empty') return `${where} there is nothing between commas.`;
  return `${where} ${quoted(part)} ${sayFault(wrong)}`;
}

function sayFault(wrong: Exclude<CronFault, { kind: 'empty' }>): string {
  switch (wrong.kind) {
    case 'unreadable':
      return `cannot be read: write numbers, "*", ranges such as "1-5", steps such as "*/15".${perhaps(wrong.near)}`;
    case 'out-of-range':
      return `is not from ${wrong.min} to ${wrong.max}.`;
    case 'backwards':
      return 'goes from a larger number to a smaller one: write two ranges with a comma.';
    case 'step':
      return `has a step that is not from 1 to ${wrong.max}.`;
    case 'not-cron':
      return 'is of other programs: words say it, such as the calendar "first monday of the month 09:00".';
  }
}

function sayEveryProblem(problem: Of<`every-${string}`>): string {
  switch (problem.code) {
    case 'every-text':
      return `${quoted(problem.text)} is no length: write it as "15m", "1h30m" or "2d".`;
    case 'every-bounds':
      return `An interval is of whole seconds, from ${exactly(problem.minMs)} to ${exactly(problem.maxMs)}.`;
    case 'every-offset':
      return `An interval of ${exactly(problem.everyMs)} is moved by whole seconds, by less than itself.`;
    case 'every-below-loop':
      return `An interval of ${exactly(problem.everyMs)} is below the loop interval of ${exactly(problem.loopIntervalMs)} (TINYSCHEDULER_LOOP_INTERVAL_SEC): make it longer, or that shorter.`;
  }
}

function sayMomentProblem(
  problem: Of<'moment-text' | 'no-such-date' | 'moment-left-out' | 'at-past'>,
): string {
  switch (problem.code) {
    case 'moment-text':
      return `${quoted(problem.text)} is no time: write it as "2026-12-24 18:00".`;
    case 'no-such-date':
      return problem.daysInMonth === null
        ? `There is no ${quoted(problem.text)}: months go to 12, hours to 23, minutes to 59, years from 2000 to 2099.`
        : `There is no ${quoted(problem.text)}: that month has ${problem.daysInMonth} days.`;
    case 'moment-left-out': {
      const { text, timeZone, change } = problem;
      return `${quoted(text)} does not exist in ${timeZone}: ${sayChange(change, seasonOf(change))}. Choose a time before or after.`;
    }
    case 'at-past':
      return `${sayMoment(problem.atMs, problem.timeZone)} is past: it is ${sayMoment(problem.nowMs, problem.timeZone)} now.`;
  }
}

const EXAMPLES =
  '"every weekday 09:00", "last day of the month 18:00", "first monday of the month 09:00", "24 december 18:00"';

function sayCalendarProblem(problem: Of<`calendar-${string}` | 'no-such-day'>): string {
  switch (problem.code) {
    case 'calendar-text': {
      const what =
        problem.part === '' ? quoted(problem.text) : `${quoted(problem.part)} in ${quoted(problem.text)}`;
      return `${what} cannot be read.${perhaps(problem.near) || ` Write it as ${EXAMPLES}.`}`;
    }
    case 'calendar-time':
      return `${quoted(problem.part)} is no time of day: write it as "09:00", several with commas, to 23:59.`;
    case 'calendar-no-time':
      return `${quoted(problem.text)} says no time of day: end it with one, such as "09:00".`;
    case 'no-such-day':
      return `${sayMonth(problem.month)} has ${problem.daysInMonth} days, so there is no day ${problem.day}.`;
  }
}

/** What somebody should know of a timing that can be used. */
export function sayTimingNote(note: TimingNote): string {
  switch (note.code) {
    case 'either-day':
      return 'A day of the month and a day of the week are given: it is due on either, as cron has it (Temporal alone would want both).';
    case 'both-days':
      return 'One of the day fields begins with "*": so both have to match, as cron has it.';
    case 'moment-twice':
      return `The clocks show this time twice: ${sayMoment(note.meantMs, note.timeZone)} is meant. For the other one, write ${quoted(`${sayMoment(note.otherMs, note.timeZone).slice(4)}`)}.`;
    case 'not-every-month':
      return `Not every month has a day ${note.day}: it is not due in the others. For the end of each month there is "last day of the month".`;
    case 'leap-years-only':
      return 'Only leap years have a 29 February: it is not due in the others.';
  }
}

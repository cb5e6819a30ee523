import type {
  Backfilled,
  MissedDecided,
  RanNow,
  Schedule,
  ScheduleDeleted,
  ScheduleDisabled,
  ScheduleEnabled,
  SkippedNext,
} from '../../api/shapes.ts';
import { sayOnBoth } from './zones.ts';

// What a deed would do, and what became of it, as sentences.

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function sayWouldPause({ did, before }: ScheduleDisabled): string {
  if (!did) return 'It is paused already; the note takes the place of the one that it has.';
  return `Nothing more of it begins until somebody resumes it. ${sayGoesOn(before.open)}`;
}

function sayGoesOn(open: number): string {
  if (open === 0) return 'Nothing of it is under way.';
  return open === 1
    ? 'The occurrence that is under way goes on.'
    : `${open} occurrences that are under way go on.`;
}

/** @param viewers the zone of who looks */
export function sayWouldResume({ did, after, not_made_up: count }: ScheduleEnabled, viewers: string): string {
  if (!did) return 'It is not paused.';
  const next = after.next_run_at;
  const comes =
    next === null
      ? 'Nothing of it is due.'
      : `It is due next at ${sayOnBoth(Date.parse(next), after.timezone, viewers)}.`;
  if (count === 0) return `${comes} Nothing was due while it was paused.`;
  return `${comes} It was due ${counted(count, 'time')} while it was paused: that is not made up for (Backfill does it).`;
}

export type How = 'plain' | 'even-if-paused' | 'force';

/** What a dry run does not know: whether overlap would be in the way. */
export function sayWouldRun({ open, definition, state }: Schedule, how: How): string {
  const overlap = String(definition.overlap ?? 'skip');
  const paused = state === 'paused' ? 'It stays paused. ' : '';
  const plan = `${paused}Nothing of the plan moves.`;
  if (open === 0 || overlap === 'allow')
    return `One occurrence begins now, as far as the limits let it. ${plan}`;
  const underWay = open === 1 ? 'One is under way' : `${open} are under way`;
  if (how === 'force')
    return `${underWay}: another one begins beside, whatever overlap and limits say. ${plan}`;
  return `${underWay}, and overlap is “${overlap}”: ${OVERLAPS[overlap] ?? 'so it may not begin.'} ${plan}`;
}

const OVERLAPS: Readonly<Record<string, string>> = {
  skip: 'so this one is left out, unless that ends before. “Run now, in any case” begins it beside.',
  buffer: 'so this one waits until that is over.',
  cancel: 'so that is stopped, and its task archived.',
};

export function sayRan(name: string, { task_id: taskId, waits, left_out: left, occurrence }: RanNow): string {
  if (left !== null) return `Schedule ${name}: nothing was started: ${left.says}.`;
  if (waits !== null) return `Schedule ${name}: it has begun, and waits: ${waits.says}.`;
  if (taskId !== null) return `Schedule ${name}: it has begun as task ${taskId}.`;
  return `Schedule ${name}: ${occurrence ?? 'it'} has begun; its task is not there yet.`;
}

export function sayWouldSkip({ skipped, before }: SkippedNext, viewers: string): string {
  if (skipped === null) return 'There is no next time that could be left out.';
  const when = sayOnBoth(Date.parse(skipped), before.timezone, viewers);
  return `The time of ${when} is left out; the plan goes on after it.`;
}

export function sayWouldDelete({ open, before }: ScheduleDeleted): string {
  const history =
    before.count === 0
      ? 'It has not begun yet.'
      : `Its history, of ${counted(before.count, 'occurrence')}, goes with it.`;
  return `It is taken out, and cannot be brought back. ${history} ${sayGoesOn(open)} Tasks that it has made stay.`;
}

export function sayWouldBackfill({ due, before }: Backfilled): string {
  if (due === 0) return 'It was not due in that time: nothing would begin.';
  const order = before.definition.overlap === 'allow' ? 'all at once' : 'one after the other';
  return `It was due ${counted(due, 'time')} then. What has begun already is not done again; the others begin now, ${order}.`;
}

export function sayBackfilled(name: string, { started, there }: Backfilled): string {
  return `Schedule ${name}: ${counted(started.length, 'occurrence')} started${there ? `, ${there} were there already` : ''}.`;
}

export function sayWouldDecide({ times }: MissedDecided, what: 'run' | 'skip'): string {
  const good = times.filter(({ problem }) => problem === null);
  const gone = times.length - good.length;
  const schedules = new Set(good.map(({ schedule }) => schedule)).size;
  const of = schedules > 1 ? ` of ${schedules} schedules` : '';
  const others = gone === 0 ? '' : ` About ${counted(gone, 'other')} somebody has decided meanwhile.`;
  if (good.length === 0) return 'Somebody has decided about all of them meanwhile.';
  if (what === 'run')
    return `${counted(good.length, 'occurrence')}${of} ${good.length === 1 ? 'begins' : 'begin'} now, as overlap and limits let them.${others}`;
  return `${counted(good.length, 'time')}${of} ${good.length === 1 ? 'is' : 'are'} left at that: nothing begins, and nobody is asked any more.${others}`;
}

export function sayDecided({ times, failed }: MissedDecided, what: 'run' | 'skip'): string {
  const good = counted(times.length - failed, 'time');
  const done = what === 'run' ? `${good} started.` : `${good} left at that.`;
  const [first] = times.flatMap(({ problem }) => (problem === null ? [] : [problem.detail]));
  return failed === 0 ? done : `${done} ${failed} not: ${first ?? 'somebody was quicker'}`;
}

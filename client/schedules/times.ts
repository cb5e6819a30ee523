import { isTimeZone } from '../../config/zone-days.ts';
import { type Field, TIMINGS } from '../../contract/schedule-problem.ts';
import { BOUNDS, DEFAULTS, type Definition, type Timing } from '../../domain/schedule/definition.ts';
import type { Given } from './given.ts';
import type { Surroundings } from './surroundings.ts';

type Times = Pick<Definition, 'timeZone' | 'jitterMs' | 'startMs' | 'endMs'> & { timing: Timing | undefined };

/** When it is due, and from when to when. */
export function timesOf(given: Given, around: Surroundings): Times {
  const timeZone = given.line('timezone') ?? around.timeZone;
  if (!isTimeZone(timeZone))
    given.problems.push({ code: 'bad-timing', field: 'timezone', text: 'is no time zone' });
  const timing = timingOf(given, around);
  const jitterMs = given.duration('jitter', BOUNDS.jitterMs) ?? DEFAULTS.jitterMs;
  const [startMs, endMs] = [momentOf(given, 'start'), momentOf(given, 'end')];
  if (startMs !== undefined && endMs !== undefined && endMs <= startMs)
    given.problems.push({ code: 'bad-timing', field: 'end', text: 'is not after the start' });
  return {
    ...{ timing, timeZone, jitterMs },
    ...(startMs !== undefined && { startMs }),
    ...(endMs !== undefined && { endMs }),
  };
}

function timingOf(given: Given, { loopIntervalMs }: Surroundings): Timing | undefined {
  const fields = TIMINGS.filter((field) => given.has(field));
  if (fields.length > 1) given.problems.push({ code: 'two-timings', fields });
  if (fields.length === 0) given.problems.push({ code: 'no-timing' });
  if (fields.length !== 1) return undefined;
  switch (fields[0]) {
    case 'every': {
      const min = Math.max(BOUNDS.everyMs.min, loopIntervalMs);
      const everyMs = given.duration('every', { ...BOUNDS.everyMs, min });
      return everyMs === undefined ? undefined : { kind: 'every', everyMs };
    }
    case 'cron':
      return { kind: 'cron', cron: given.line('cron', 500) ?? '' };
    case 'at':
      return { kind: 'at', at: given.line('at', 500) ?? '' };
    default:
      return { kind: 'calendar', calendar: given.line('calendar', 500) ?? '' };
  }
}

function momentOf(given: Given, field: 'start' | 'end'): number | undefined {
  const text = given.line(field as Extract<Field, 'start'>);
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return ms;
  given.problems.push({ code: 'bad-timing', field, text: 'is no time' });
  return undefined;
}

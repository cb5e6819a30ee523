import { type DefinitionProblem, type FieldName, TIMINGS } from '../../contract/schedule-problem.ts';
import { type CheckedTiming, checkTiming, readTiming } from '../../domain/schedule/check-timing.ts';
import type { WhenDue } from '../../domain/schedule/compile.ts';
import { BOUNDS, DEFAULTS, type Timing } from '../../domain/schedule/definition.ts';
import { readLength } from '../../domain/schedule/every.ts';
import { readMoment } from '../../domain/schedule/moment.ts';
import type { TimingNote, TimingProblem } from '../../domain/schedule/timing-problem.ts';
import { nearestZone, type Zone, zoneOf } from '../../domain/schedule/zone.ts';
import type { Given } from './given.ts';
import type { Surroundings } from './surroundings.ts';

export interface Times extends Omit<WhenDue, 'timing'> {
  jitterMs: number;
  timing: Timing | undefined;
}

type Texts = Partial<Record<(typeof TIMINGS)[number], string>>;

/** That a time is over is no slip of the pen: it was good once. */
const OVER: readonly TimingProblem['code'][] = ['at-past', 'end-past', 'never-due'];
/** Instead of one that there is not, so that what else is wrong is told, too. */
const SOME_ZONE = 'UTC';

/**
 * When it is due, and from when to when. With `mayBeOver` nothing has to be left of it; `over` tells why nothing is.
 */
export function timesOf(
  given: Given,
  { nowMs, loopIntervalMs, timeZone: ours }: Surroundings,
  mayBeOver: boolean,
): { times: Times; notes: TimingNote[]; over: DefinitionProblem | undefined } {
  const { timeZone, zone } = zoneOfGiven(given, ours);
  const notes: TimingNote[] = [];
  const texts = textsOf(given);
  const jitterMs = given.duration('jitter', BOUNDS.jitterMs) ?? DEFAULTS.jitterMs;
  const bounds = { ...momentOf(given, 'start', zone, notes), ...momentOf(given, 'end', zone, notes) };
  const times = { timeZone, jitterMs, ...bounds };
  const bad = { times: { ...times, timing: undefined }, notes, over: undefined };
  if (texts === undefined) return bad;
  const offset = given.line('offset');
  if (offset !== undefined && texts.every === undefined)
    given.problems.push({ code: 'offset-without-every' });
  const read = (now: number) =>
    readWhole(texts, offset, { timeZone: zone.name, ...bounds }, { nowMs: now, loopIntervalMs });
  const checked = read(nowMs);
  if ('timing' in checked)
    return {
      times: { ...times, timing: checked.timing },
      notes: [...notes, ...checked.notes],
      over: undefined,
    };
  const { problem: timing } = checked;
  const problem = { code: 'bad-timing', field: fieldOf(timing, texts), timing } as const;
  const once = mayBeOver && OVER.includes(timing.code) ? read(0) : checked;
  if ('timing' in once) return { times: { ...times, timing: once.timing }, notes, over: problem };
  given.problems.push({ code: 'bad-timing', field: fieldOf(once.problem, texts), timing: once.problem });
  return bad;
}

function zoneOfGiven(given: Given, ours: string): { timeZone: string; zone: Zone } {
  const timeZone = given.line('timezone', 100) ?? ours;
  const zone = zoneOf(timeZone);
  if (zone !== undefined) return { timeZone, zone };
  const timing = { code: 'unknown-zone', timeZone, near: nearestZone(timeZone) ?? null } as const;
  given.problems.push({ code: 'bad-timing', field: 'timezone', timing });
  return { timeZone, zone: zoneOf(SOME_ZONE) as Zone };
}

/** The one text that says when it is due, also where it was given under a name that others have for it. */
function textsOf(given: Given): Texts | undefined {
  const type = given.word('schedule_type', ['interval', 'cron'] as const);
  const minutes = given.wholeNumber('interval_minutes', 1, BOUNDS.everyMs.max / 60_000);
  const fields: FieldName[] = [...TIMINGS, 'interval_minutes' as const, 'cron_expression' as const];
  const there = fields.filter((field) => given.has(field));
  if (there.length > 1) given.problems.push({ code: 'two-timings', fields: there });
  if (there.length === 0) given.problems.push({ code: 'no-timing' });
  if (there.length !== 1) return undefined;
  const [every, cron] = [given.line('every'), given.line('cron') ?? given.line('cron_expression')];
  const texts: Texts = {
    ...(cron !== undefined && { cron }),
    ...(every !== undefined && { every }),
    ...(minutes !== undefined && { every: `${minutes}m` }),
    ...Object.fromEntries((['at', 'calendar'] as const).flatMap((field) => pairOf(field, given.line(field)))),
  };
  const means = type === 'interval' ? 'every' : type;
  if (means !== undefined && !(means in texts))
    given.problems.push({
      code: 'another-timing',
      type: type as 'interval' | 'cron',
      field: there[0] as FieldName,
    });
  return Object.keys(texts).length === 1 ? texts : undefined;
}

function pairOf(field: string, text: string | undefined): [string, string][] {
  return text === undefined ? [] : [[field, text]];
}

/** With its offset, where it is an interval that has one. */
function readWhole(
  texts: Texts,
  offset: string | undefined,
  place: Omit<WhenDue, 'timing'>,
  limits: { nowMs: number; loopIntervalMs: number },
): CheckedTiming {
  const checked = readTiming(texts, place, limits);
  if (offset === undefined || !('timing' in checked)) return checked;
  const { timing } = checked;
  if (timing.kind !== 'every') return checked;
  const offsetMs = readLength(offset);
  if (offsetMs === undefined) return { problem: { code: 'every-text', text: offset } };
  return checkTiming({ ...place, timing: { ...timing, offsetMs } }, limits);
}

function momentOf(given: Given, field: 'start' | 'end', zone: Zone, notes: TimingNote[]) {
  const text = given.line(field, 100);
  if (text === undefined) return {};
  const moment = readMoment(text, zone);
  if ('code' in moment) {
    given.problems.push({ code: 'bad-timing', field, timing: moment });
    return {};
  }
  notes.push(...moment.notes);
  return field === 'start' ? { startMs: moment.atMs } : { endMs: moment.atMs };
}

/** Which field a problem is about. */
function fieldOf(problem: TimingProblem, texts: Texts): FieldName {
  if (problem.code === 'end-before-start' || problem.code === 'end-past') return 'end';
  if (problem.code === 'every-offset') return 'offset';
  return (Object.keys(texts)[0] ?? 'cron') as FieldName;
}

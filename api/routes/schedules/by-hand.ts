import { z } from '@hono/zod-openapi';
import { isoTime } from '../../../client/json/iso-time.ts';
import { startedJson } from '../../../client/json/schedules/started.ts';
import { timesBetween } from '../../../client/schedules/next-times.ts';
import { readTime } from '../../../client/schedules/read-time.ts';
import { RefusedError, type WrongValue } from '../../../contract/api.ts';
import type { ScheduleLine, StartedNow } from '../../../contract/schedule.ts';
import { BOUNDS } from '../../../domain/schedule/definition.ts';
import { schedulerError } from '../../../words/errors.ts';
import type { RouteDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import * as is from '../shapes.ts';
import { writing } from '../writing.ts';
import { about, doWith } from './deeds.ts';
import * as shape from './shapes.ts';

const runNowBody = z
  .strictObject({
    force: z.boolean().optional().openapi({ description: 'Also where overlap or a limit is in the way.' }),
    even_if_paused: z.boolean().optional(),
    ...writing,
  })
  .openapi('RunNowBody');
export const ranNow = z
  .strictObject({
    ...shape.beforeAndAfter,
    occurrence: is.textOrNull,
    task_id: z.int().nullable().openapi({ description: 'Null: none yet, or not within a few seconds.' }),
    ...{ waits: shape.withSentence.nullable(), left_out: shape.whyWithSentence.nullable() },
    ...{ end: is.textOrNull, says: is.textOrNull },
  })
  .openapi('RanNow');

const deedBody = z.strictObject(writing);
export const skipped = z
  .strictObject({ ...shape.beforeAndAfter, skipped: is.timeOrNull })
  .openapi('SkippedNext');

const moment = z.string().min(1).max(100);
const SPAN = "A time with its offset, or one of the schedule's zone: 2026-11-26 03:00, or 2026-11-26 alone.";
const backfillBody = z
  .strictObject({
    from: moment.openapi({ description: SPAN }),
    to: moment.openapi({ description: 'Itself too.' }),
    ...writing,
  })
  .openapi('BackfillBody');
export const backfilled = z
  .strictObject({
    ...shape.beforeAndAfter,
    due: is.count.openapi({ description: 'So often it was due then.' }),
    started: z.array(is.text).openapi({ description: 'Ids of the occurrences.' }),
    there: is.countOrNull.openapi({ description: 'That were there already; null: not looked at.' }),
  })
  .openapi('Backfilled');

/** No more are left out by hand. */
const MOST_SKIPS = 100;

/** Occurrences that a person wants, or does not want. */
export function byHandRoutes(deps: RouteDeps): Route[] {
  return [
    route({
      ...{ ...about, path: '/api/schedules/{id}/run-now', params: shape.scheduleParams },
      ...{ body: runNowBody, answer: ranNow },
      summary: 'One occurrence now; it moves nothing of the plan',
      codes: ['no-such-schedule', 'schedule-paused', 'schedule-finished', 'no-daemon'],
      handle: (call) => {
        const { force = false, even_if_paused: evenIfPaused = false } = call.body;
        return doWith(deps, call, {
          carryOut: async (schedules, { name }, note) =>
            startedJson(await schedules.runNow(name, { force, evenIfPaused }, note), null),
          foretell(line) {
            refuseToRun(line, evenIfPaused);
            return { after: line, told: { ...startedJson(NOTHING_YET, null), occurrence: null } };
          },
        });
      },
    }),
    route({
      ...{ ...about, path: '/api/schedules/{id}/skip-next', params: shape.scheduleParams },
      ...{ body: deedBody, answer: skipped },
      summary: 'Leave out the next planned time',
      codes: ['no-such-schedule', 'no-daemon'],
      handle: (call) =>
        doWith(deps, call, {
          times: MOST_SKIPS + 1,
          carryOut: async (schedules, { name }, note) => ({
            skipped: isoTime((await schedules.skipNext(name, note)).skipped),
          }),
          foretell(line) {
            const isFull = line.skips.length >= MOST_SKIPS;
            const next = isFull ? null : (line.nextMs.find((ms) => !line.skips.includes(ms)) ?? null);
            const skips = next === null ? line.skips : [...line.skips, next].sort((a, b) => a - b);
            return { after: { ...line, skips }, told: { skipped: isoTime(next) } };
          },
        }),
    }),
    route({
      ...{ ...about, path: '/api/schedules/{id}/backfill', params: shape.scheduleParams },
      ...{ body: backfillBody, answer: backfilled },
      summary: 'The occurrences of times in the past, at most 1,000',
      codes: ['no-such-schedule', 'too-many-times', 'no-daemon'],
      handle: (call) =>
        doWith(deps, call, {
          async carryOut(schedules, line, note) {
            const span = spanOf(line, call.body);
            const { started, there } = await schedules.backfill(line.name, span, note);
            return { due: started.length + there, started, there };
          },
          foretell: (line) => ({
            after: line,
            told: { due: dueIn(line, spanOf(line, call.body)), started: [], there: null },
          }),
        }),
    }),
  ];
}

const NOTHING_YET: StartedNow = { occurrence: '', taskId: null, waits: null, leftOut: null, ended: null };

/** @throws what the deed would, as far as the schedule itself is the reason */
function refuseToRun({ name, state, pause }: ScheduleLine, evenIfPaused: boolean): void {
  if (state === 'finished') throw schedulerError({ code: 'schedule-finished', schedule: name });
  if (state !== 'paused' || evenIfPaused) return;
  throw schedulerError({ code: 'schedule-paused', schedule: name, ...(pause && { pause }) });
}

interface Span {
  fromMs: number;
  toMs: number;
}

/** @throws RefusedError `bad-request` */
function spanOf(
  { definition: { timeZone } }: ScheduleLine,
  { from, to }: { from: string; to: string },
): Span {
  const [begins, ends] = [readTime(from, timeZone), readTime(to, timeZone)];
  const wrong: WrongValue[] = [];
  if ('problem' in begins) wrong.push({ at: 'body.from', says: begins.problem });
  else if (begins.atMs > Date.now())
    wrong.push({ at: 'body.from', says: 'it is in the future; the plan has that' });
  if ('problem' in ends) wrong.push({ at: 'body.to', says: ends.problem });
  else if ('atMs' in begins && ends.atMs < begins.atMs)
    wrong.push({ at: 'body.to', says: 'it is before from' });
  if ('atMs' in begins && 'atMs' in ends && wrong.length === 0)
    return { fromMs: begins.atMs, toMs: ends.atMs };
  throw new RefusedError({ code: 'bad-request', wrong });
}

/** @throws `too-many-times` */
function dueIn({ name, definition }: ScheduleLine, { fromMs, toMs }: Span): number {
  const count = timesBetween(definition, fromMs - 1, Math.min(toMs, Date.now()));
  if (count > BOUNDS.backfill)
    throw schedulerError({ code: 'too-many-times', schedule: name, count, most: BOUNDS.backfill });
  return count;
}

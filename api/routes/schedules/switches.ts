import { z } from '@hono/zod-openapi';
import { lineJson } from '../../../client/json/schedules/line.ts';
import { timesBetween } from '../../../client/schedules/next-times.ts';
import type { ScheduleLine } from '../../../contract/schedule.ts';
import { schedulerError } from '../../../words/errors.ts';
import type { RouteDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import * as is from '../shapes.ts';
import { noteOf, writing } from '../writing.ts';
import { TIMES } from './answered.ts';
import { about, doWith } from './deeds.ts';
import { checkIfMatch, ifMatchHeader } from './etag.ts';
import { checkMayDefine } from './given.ts';
import * as shape from './shapes.ts';

const body = z.strictObject(writing).openapi('ScheduleDeed');
const did = z.boolean().openapi({ description: 'False: it was so already.' });
export const disabled = z.strictObject({ ...shape.beforeAndAfter, did }).openapi('ScheduleDisabled');
export const enabled = z
  .strictObject({
    ...{ ...shape.beforeAndAfter, did },
    not_made_up: is.count.openapi({
      description: 'So often it was due while it was paused; that is not made up for.',
    }),
  })
  .openapi('ScheduleEnabled');

export const deleted = z
  .strictObject({
    ...{ dry_run: z.boolean(), before: shape.scheduleLine, after: z.null() },
    open: is.count.openapi({ description: 'Occurrences that go on.' }),
  })
  .openapi('ScheduleDeleted');
/** Where bodies of such requests get lost, the address has it. */
const deleteQuery = z.strictObject({ dry_run: is.flag.optional(), note: writing.note });

/** What turns a schedule off and on, and takes it out. */
export function switchRoutes(deps: RouteDeps): Route[] {
  return [
    route({
      ...{ ...about, path: '/api/schedules/{id}/disable', params: shape.scheduleParams, body },
      answer: disabled,
      summary: 'Pause it: nothing more of it begins; `note` says why',
      codes: ['no-such-schedule', 'no-daemon'],
      handle: (call) =>
        doWith(deps, call, {
          carryOut: async (schedules, { name }, note) => ({ did: await schedules.pause(name, note) }),
          foretell: (line) => ({
            after: paused(line, call.body.note),
            told: { did: line.pause === undefined },
          }),
        }),
    }),
    route({
      ...{ ...about, path: '/api/schedules/{id}/enable', params: shape.scheduleParams, body },
      answer: enabled,
      summary: 'Resume it; what was due meanwhile is not made up for',
      codes: ['no-such-schedule', 'schedule-finished', 'no-daemon'],
      handle: (call) =>
        doWith(deps, call, {
          carryOut: async (schedules, line, note) => ({
            did: await schedules.resume(line.name, note),
            not_made_up: notMadeUp(line),
          }),
          foretell: (line) => ({
            after: resumed(line),
            told: { did: line.pause !== undefined, not_made_up: notMadeUp(line) },
          }),
        }),
    }),
    deleteRoute(deps),
  ];
}

function deleteRoute({ scheduler }: RouteDeps): Route {
  return route({
    ...{ method: 'delete', path: '/api/schedules/{id}', scope: 'operate', tag: 'Schedules' },
    ...{ params: shape.scheduleParams, query: deleteQuery, body, answer: deleted },
    headers: z.object(ifMatchHeader),
    summary: 'Take it out, with its history; what is under way goes on',
    codes: ['no-such-schedule', 'precondition-failed', 'no-daemon'],
    handle: ({ params: { id }, query, body: asked, headers, caller }) =>
      scheduler.use(async ({ schedules }) => {
        const line = await schedules.line(id, TIMES);
        checkIfMatch(headers, line);
        checkMayDefine(caller, line.definition);
        const dryRun = query.dry_run === true || asked.dry_run === true;
        const note = noteOf(caller, asked.note ?? query.note);
        const open = dryRun ? line.now.open : (await schedules.delete(id, note)).open;
        return { dry_run: dryRun, before: lineJson(line), after: null, open };
      }),
  });
}

function paused(line: ScheduleLine, note: string | undefined): ScheduleLine {
  const pause = { ...(line.pause ?? { atMs: Date.now() }), ...(note !== undefined && { note }) };
  return { ...line, pause, state: line.state === 'finished' ? 'finished' : 'paused' };
}

/** @throws `schedule-finished` */
function resumed({ pause: _, ...line }: ScheduleLine): ScheduleLine {
  if (line.state === 'finished') throw schedulerError({ code: 'schedule-finished', schedule: line.name });
  return { ...line, state: 'active' };
}

function notMadeUp({ pause, definition }: ScheduleLine): number {
  return pause === undefined ? 0 : timesBetween(definition, pause.atMs, Date.now());
}

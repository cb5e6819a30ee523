import { z } from '@hono/zod-openapi';
import { lineJson } from '../../../client/json/schedules/line.ts';
import { nextJson } from '../../../client/json/schedules/next.ts';
import { showJson } from '../../../client/json/schedules/show.ts';
import type { RouteDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import * as is from '../shapes.ts';
import { TIMES, withETag } from './answered.ts';
import * as shape from './shapes.ts';

const about = { method: 'get', scope: 'read', tag: 'Schedules' } as const;
const PAGE = 100;
const MOST = 1_000;

const listQuery = z.strictObject({
  limit: is.whole(1, MOST).optional(),
  cursor: z.string().min(1).max(4_000).optional(),
});
export const listAnswer = z
  .strictObject({ schedules: z.array(shape.scheduleLine), next_cursor: is.textOrNull })
  .openapi('Schedules');

const nextQuery = z.strictObject({
  count: is.whole(1, MOST).optional(),
  viewer_timezone: shape.zoneQuery,
});
export const nextAnswer = z
  .strictObject({
    ...{ name: is.text, state: is.text, when: is.text, timezone: is.text },
    next: z.array(z.strictObject({ at: is.timeOrNull, left_out: z.boolean() })),
    ...{ left_out: z.array(is.timeOrNull), coming: shape.coming },
  })
  .openapi('ScheduleNext');

/** Shows schedules. */
export function readingRoutes({ scheduler }: RouteDeps): Route[] {
  return [
    route({
      ...{ ...about, path: '/api/schedules', query: listQuery, answer: listAnswer },
      revalidated: true,
      summary: 'The schedules, in the order of their making, page by page',
      codes: ['wrong-cursor'],
      handle: ({ query: { limit = PAGE, cursor } }) =>
        scheduler.use(async ({ schedules }) => {
          const page = await schedules.list({ limit, ...(cursor !== undefined && { cursor }) });
          return { schedules: page.schedules.map(lineJson), next_cursor: page.cursor };
        }),
    }),
    route({
      ...{ ...about, path: '/api/schedules/{id}', params: shape.scheduleParams },
      answer: shape.shownSchedule,
      summary: 'Everything about a schedule; its ETag is of the version of its definition',
      codes: ['no-such-schedule'],
      handle: ({ params: { id } }) =>
        scheduler.use(async ({ schedules }) => {
          const shown = await schedules.show(id);
          return withETag(shown, showJson(shown));
        }),
    }),
    route({
      ...{ ...about, path: '/api/schedules/{id}/next', params: shape.scheduleParams, query: nextQuery },
      answer: nextAnswer,
      summary: 'When it is due next, and what changes of the clocks do to that',
      codes: ['no-such-schedule'],
      handle: ({ params: { id }, query: { count = TIMES, viewer_timezone: timeZone = 'UTC' } }) =>
        scheduler.use(async ({ schedules }) =>
          nextJson(await schedules.line(id, count), { nowMs: Date.now(), timeZone, count }),
        ),
    }),
  ];
}

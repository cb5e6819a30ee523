import { z } from '@hono/zod-openapi';
import { historyJson } from '../../../client/json/schedules/history.ts';
import { seenJson } from '../../../client/json/schedules/occurrence.ts';
import { RefusedError } from '../../../contract/api.ts';
import type { HistoryAsked, HistoryLine } from '../../../contract/schedule.ts';
import { decodeCursor, encodeCursor, occurrenceCursor } from '../cursor.ts';
import { READ_AGE_MS, type RouteDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import * as is from '../shapes.ts';
import * as shape from './shapes.ts';

const about = { method: 'get', scope: 'read', tag: 'Schedules' } as const;
const ENDS = ['done', 'failed', 'cancelled', 'left-out', 'under-way'] as const satisfies NonNullable<
  HistoryAsked['end']
>[];
const PAGE = 50;
const MOST = 1_000;

const query = z.strictObject({
  since: is.moment.optional(),
  until: is.moment.optional(),
  end: z.enum(ENDS).optional(),
  limit: is.whole(1, MOST).optional(),
  cursor: z.string().min(1).max(300).optional(),
});
type Query = z.output<typeof query>;
export const answer = z
  .strictObject({ occurrences: z.array(shape.occurrence), next_cursor: is.textOrNull })
  .openapi('Occurrences');

const seenAnswer = z
  .strictObject({
    ...{ occurrence: is.text, closed: z.boolean(), schedule: is.textOrNull, planned: is.timeOrNull },
    phase: z.enum(['beginning', 'waiting', 'working', 'over']).nullable(),
    ...{ task_id: z.int().nullable(), waits: shape.withSentence.nullable() },
    ...{ left_out: shape.whyWithSentence.nullable(), end: is.textOrNull, says: is.textOrNull },
    ...{ verdict: is.textOrNull, reason: is.textOrNull, attempts: is.countOrNull },
    ...{ tokens: z.number().nullable(), log: is.textOrNull, agent: is.textOrNull },
    links: z.array(is.text).nullable(),
  })
  .openapi('OccurrenceSeen');

/** What became of the times of schedules. */
export function occurrenceRoutes({ scheduler, look }: RouteDeps): Route[] {
  // Hundreds of schedules may have to be asked for one.
  const histories = look.beside((asked) =>
    scheduler.use(({ schedules }) => schedules.history(JSON.parse(asked) as HistoryAsked)),
  );
  const historyOf = (asked: Query, schedule?: string) =>
    pageOf(asked, (about) =>
      histories(JSON.stringify({ ...about, ...(schedule !== undefined && { schedule }) }), READ_AGE_MS),
    );
  return [
    route({
      ...{ ...about, path: '/api/schedules/{id}/history', params: shape.scheduleParams, query, answer },
      summary: 'What became of its occurrences, newest first',
      codes: ['no-such-schedule', 'no-daemon', 'wrong-cursor'],
      handle: ({ params: { id }, query: asked }) => historyOf(asked, id),
    }),
    route({
      ...{ ...about, path: '/api/occurrences', query, answer },
      summary: 'The same of all schedules of which something happened lately',
      codes: ['no-daemon', 'wrong-cursor'],
      handle: ({ query: asked }) => historyOf(asked),
    }),
    route({
      ...{ ...about, path: '/api/occurrences/{id}', answer: seenAnswer },
      params: z.strictObject({ id: shape.occurrenceId }),
      summary: 'How one stands, by the id that run-now and the history tell',
      codes: ['no-such-occurrence'],
      handle: ({ params: { id } }) =>
        scheduler.use(async ({ schedules }) => {
          const seen = await schedules.occurrence(id);
          if (seen === undefined) throw new RefusedError({ code: 'no-such-occurrence', occurrence: id });
          return seenJson(seen);
        }),
    }),
  ];
}

async function pageOf(
  { since, until, end, limit = PAGE, cursor }: Query,
  read: (asked: HistoryAsked) => Promise<HistoryLine[]>,
): Promise<Record<string, unknown>> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, occurrenceCursor);
  const untilMs = after?.until ?? until;
  const skip = after?.told ?? 0;
  const lines = await read({
    ...(since !== undefined && { sinceMs: since }),
    ...(untilMs !== undefined && { untilMs }),
    ...(end !== undefined && { end }),
    limit: skip + limit + 1,
  });
  const page = lines.slice(skip, skip + limit);
  const last = page.at(-1);
  const isMore = last !== undefined && lines.length > skip + limit;
  const told = page.filter(({ plannedMs }) => plannedMs === last?.plannedMs).length;
  const before = last?.plannedMs === after?.until ? skip : 0;
  return {
    ...historyJson(page),
    next_cursor: isMore ? encodeCursor({ until: last.plannedMs, told: before + told }) : null,
  };
}

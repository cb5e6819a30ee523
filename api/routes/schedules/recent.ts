import { z } from '@hono/zod-openapi';
import { recentJson } from '../../../client/json/schedules/recent.ts';
import { READ_AGE_MS, type RouteDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';
import * as is from '../shapes.ts';

const MOST_NAMES = 50;
const EACH = 30;
const MOST_EACH = 100;

const query = z.strictObject({
  names: z
    .string()
    .max(4_000)
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(is.name).min(1).max(MOST_NAMES))
    .openapi({ type: 'string', description: `Schedules, with commas between; at most ${MOST_NAMES}.` }),
  each: is.whole(1, MOST_EACH).optional(),
});
const short = z
  .strictObject({
    ...{ planned: is.timeOrNull, times: is.count, trigger: is.text },
    end: is.textOrNull.openapi({ description: 'Null: it is under way.' }),
    why: is.textOrNull.openapi({ description: 'Of one that was left out.' }),
    says: is.textOrNull,
    reason: is.textOrNull.openapi({ description: 'What `says` has beyond `end`.' }),
    task_id: z.int().nullable(),
  })
  .openapi('RecentOccurrence');
export const recentAnswer = z
  .strictObject({
    schedules: z.array(
      z.strictObject({
        schedule: is.text,
        occurrences: z
          .array(short)
          .nullable()
          .openapi({ description: 'Null: not known, since nobody answers for it, or it is not there.' }),
      }),
    ),
  })
  .openapi('RecentOccurrences');

/** What became of many schedules lately, for whoever looks over all of them. */
export function recentRoutes({ scheduler, look }: RouteDeps): Route[] {
  const recent = look.beside((asked) => {
    const { names, each } = JSON.parse(asked) as { names: string[]; each: number };
    return scheduler.use(({ schedules }) => schedules.recent(names, each));
  });
  return [
    route({
      ...{ method: 'get', path: '/api/occurrences/recent', scope: 'read', tag: 'Schedules' },
      ...{ query, answer: recentAnswer },
      summary: 'The last occurrences of each of several schedules, in short, newest first',
      handle: async ({ query: { names, each = EACH } }) =>
        recentJson(await recent(JSON.stringify({ names, each }), READ_AGE_MS)),
    }),
  ];
}

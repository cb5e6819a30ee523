import { z } from '@hono/zod-openapi';
import { forecastJson } from '../../client/json/forecast.ts';
import { passJson } from '../../client/json/pass.ts';
import { reportJson } from '../../client/json/report.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { PassReport } from '../../contract/pass.ts';
import type { TaskStatus } from '../../domain/task.ts';
import { decodeCursor, encodeCursor, passCursor } from './cursor.ts';
import { READ_AGE_MS, type RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import * as shape from './shapes.ts';
import { passAnswer } from './state-shapes.ts';

const STATUSES = ['idle', 'working', 'complete'] as const satisfies TaskStatus[];
const OPEN: TaskStatus[] = ['idle', 'working'];

const reportQuery = z.strictObject({
  status: z
    .string()
    .max(50)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(STATUSES)).max(3))
    .openapi({ type: 'string', pattern: '^(idle|working|complete)(,(idle|working|complete)){0,2}$' })
    .optional(),
  agent: shape.name.optional(),
  since: shape.moment.optional(),
});

const passesQuery = z.strictObject({
  limit: shape.whole(2, 100).optional(),
  cursor: shape.cursor.optional(),
});
const passesAnswer = z
  .strictObject({ passes: z.array(passAnswer), next_cursor: shape.textOrNull })
  .openapi('Passes');

const forecastQuery = z.strictObject({ task: shape.whole(1, shape.MOST_TASK_ID).optional() });

const about = { method: 'get', scope: 'read', tag: 'History and outlook' } as const;
const PASSES = 20;

/** What was, and what is likely to be. */
export function historyRoutes({ scheduler, look }: RouteDeps): Route[] {
  const reports = look.beside((query) => scheduler.use((client) => report(client, JSON.parse(query))));
  const forecasts = look.beside((task) =>
    scheduler.use((client) => client.forecast(task === '' ? undefined : Number(task))),
  );
  return [
    route({
      ...{ ...about, path: '/api/report', query: reportQuery },
      summary: 'The workload, by agent, priority and age; with `since` also what ended',
      answer: z.looseObject({ generated_at: shape.timeOrNull, problems: shape.problems }).openapi('Report'),
      handle: ({ query }) => reports(JSON.stringify(query), READ_AGE_MS),
    }),
    route({
      ...{ ...about, path: '/api/passes', query: passesQuery, answer: passesAnswer },
      summary:
        'Full passes, newest first: what each started, and why the rest waited; of each run of the scheduler the last one',
      codes: ['wrong-cursor'],
      handle: ({ query: { limit = PASSES, cursor } }) => {
        const place = cursor === undefined ? undefined : decodeCursor(cursor, passCursor);
        return scheduler.use((client) => passesPage(client, look, { limit, beforeMs: place?.before }));
      },
    }),
    route({
      ...{ ...about, path: '/api/forecast', query: forecastQuery },
      summary: 'When open tasks start and end, or the one that is named',
      codes: ['no-such-task', 'nothing-to-foresee'],
      answer: z
        .looseObject({ at: shape.timeOrNull, tasks: z.array(shape.facts), problems: shape.problems })
        .openapi('Forecast'),
      handle: async ({ query: { task } }) => forecastJson(await forecasts(String(task ?? ''), READ_AGE_MS)),
    }),
  ];
}

async function report(
  client: SchedulerClient,
  { status, agent, since }: z.output<typeof reportQuery>,
): Promise<Record<string, unknown>> {
  return reportJson(
    await client.report({
      statuses: status ?? OPEN,
      ...(agent !== undefined && { agent }),
      ...(since !== undefined && { sinceMs: since }),
    }),
  );
}

async function passesPage(
  client: SchedulerClient,
  look: RouteDeps['look'],
  { limit, beforeMs }: { limit: number; beforeMs: number | undefined },
): Promise<Record<string, unknown>> {
  const isFirst = beforeMs === undefined;
  const [seen, past] = await Promise.all([
    isFirst ? look.within(READ_AGE_MS) : undefined,
    client.pastPasses({ limit: isFirst ? limit - 1 : limit, ...(!isFirst && { beforeMs }) }),
  ]);
  const last = seen?.status.lastPass ?? null;
  const before = past.passes.filter(({ atMs }) => atMs !== last?.atMs);
  return {
    passes: [...(last === null ? [] : [last]), ...before].flatMap(readablePass),
    next_cursor: past.beforeMs === null ? null : encodeCursor({ before: past.beforeMs }),
  };
}

/** Another version may have written it; what cannot be read is left out. */
function readablePass(report: PassReport): Record<string, unknown>[] {
  try {
    return [passAnswer.parse(passJson(report))];
  } catch {
    return [];
  }
}

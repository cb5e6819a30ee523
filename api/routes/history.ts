import { z } from '@hono/zod-openapi';
import { forecastJson } from '../../client/json/forecast.ts';
import { passJson } from '../../client/json/pass.ts';
import { reportJson } from '../../client/json/report.ts';
import { runsJson } from '../../client/json/runs.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { TaskStatus } from '../../domain/task.ts';
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

const runsQuery = z.strictObject({
  since: shape.moment.optional(),
  agent: shape.name.optional(),
  limit: shape.whole(1, 1_000).optional(),
});

const runsAnswer = z
  .strictObject({
    runs: z.array(
      z.strictObject({
        task_id: z.int(),
        run_id: shape.text,
        agent: shape.textOrNull,
        queue: shape.textOrNull,
        started: shape.timeOrNull,
        ended: shape.timeOrNull,
        seconds: z.number(),
        goose_seconds: z.number().nullable(),
        how: shape.text,
        end: shape.textOrNull,
        verdict: shape.textOrNull,
        reason: shape.textOrNull,
        attempts: z.array(shape.attempt).nullable(),
        says: shape.text,
      }),
    ),
    more: z.boolean(),
  })
  .openapi('Runs');

const forecastQuery = z.strictObject({ task: shape.whole(1, shape.MOST_TASK_ID).optional() });

const about = { method: 'get', scope: 'read', tag: 'History and outlook' } as const;
const RUNS = 50;

/** What was, and what is likely to be. */
export function historyRoutes({ scheduler, look }: RouteDeps): Route[] {
  return [
    route({
      ...{ ...about, path: '/api/report', query: reportQuery },
      summary: 'The workload, by agent, priority and age; with `since` also what ended',
      answer: z.looseObject({ generated_at: shape.timeOrNull, problems: shape.problems }).openapi('Report'),
      handle: ({ query }) => scheduler.use((client) => report(client, query)),
    }),
    route({
      ...{ ...about, path: '/api/runs', query: runsQuery, answer: runsAnswer },
      summary: 'Runs that have ended, newest first',
      codes: ['no-such-agent'],
      handle: ({ query: { since, agent, limit = RUNS } }) =>
        scheduler.use(async (client) => {
          const asked = {
            ...(since !== undefined && { sinceMs: since }),
            ...(agent !== undefined && { agent }),
          };
          return runsJson(await client.endedRuns({ ...asked, limit }));
        }),
    }),
    route({
      ...{ ...about, path: '/api/passes' },
      summary: 'The last full pass that the scheduler tells of: what it started, and why the rest waits',
      answer: z.strictObject({ passes: z.array(passAnswer) }).openapi('Passes'),
      handle: async () => {
        const { lastPass } = (await look.within(READ_AGE_MS)).status;
        return { passes: lastPass === null ? [] : [passJson(lastPass)] };
      },
    }),
    route({
      ...{ ...about, path: '/api/forecast', query: forecastQuery },
      summary: 'When open tasks start and end, or the one that is named',
      codes: ['no-such-task', 'nothing-to-foresee'],
      answer: z
        .looseObject({ at: shape.timeOrNull, tasks: z.array(shape.facts), problems: shape.problems })
        .openapi('Forecast'),
      handle: ({ query: { task } }) =>
        scheduler.use(async (client) => forecastJson(await client.forecast(task))),
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

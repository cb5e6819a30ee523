import { z } from '@hono/zod-openapi';
import { checkJson } from '../../client/json/check.ts';
import type { CheckAsked } from '../../contract/check.ts';
import { READ_AGE_MS, type RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import * as is from './shapes.ts';

const MOST_WAITING = 1_000_000;
const MOST_SECONDS = 366 * 86_400;

const query = z.strictObject({
  waiting: is.whole(0, MOST_WAITING).optional().openapi({ description: 'More of a pool are too many.' }),
  oldest_seconds: is
    .whole(1, MOST_SECONDS)
    .optional()
    .openapi({ description: 'Added longer ago is too long.' }),
  pool: is.name.optional().openapi({ description: 'These two for this pool only.' }),
  without_daemon: is.flag.optional().openapi({ description: 'No alert that none lives.' }),
});
const answer = z
  .strictObject({
    well: z.boolean(),
    alerts: z.array(z.looseObject({ code: is.text, says: is.text })),
    ...{ pools: is.count, agents: is.count, running: is.count, waiting: is.count },
  })
  .openapi('Check');

/** What a monitoring asks. */
export function checkRoutes({ scheduler, look }: RouteDeps): Route[] {
  const checks = look.beside((asked) =>
    scheduler.use((client) => client.check(JSON.parse(asked) as CheckAsked)),
  );
  return [
    route({
      ...{ method: 'get', path: '/api/check', scope: 'read', tag: 'State', query, answer },
      summary: 'Whether all is well, and what a person should look at: each with a code',
      codes: ['no-such-queue'],
      handle: async ({ query: { waiting, oldest_seconds: oldest, pool, without_daemon: without } }) => {
        const asked: CheckAsked = {
          ...(waiting !== undefined && { mostWaiting: waiting }),
          ...(oldest !== undefined && { oldestMs: oldest * 1_000 }),
          ...(pool !== undefined && { pool }),
          ...(without !== undefined && { withoutDaemon: without }),
        };
        return checkJson(await checks(JSON.stringify(asked), READ_AGE_MS), Date.now());
      },
    }),
  ];
}

import { z } from '@hono/zod-openapi';
import { RefusedError } from '../../contract/api.ts';
import { type ErrorCode, SchedulerError } from '../../contract/errors.ts';
import type { RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';

const answer = z.strictObject({ status: z.literal('ok') }).openapi('Health');
/** Whoever asks again and again makes no look more than this often. */
const AGE_MS = 5_000;

/** For whatever starts this server and looks after it. They tell nothing that needs a token. */
export function healthRoutes({ look }: RouteDeps): Route[] {
  return [
    route({
      ...{ method: 'get', path: '/livez', scope: 'open', tag: 'About', answer },
      summary: 'Whether this server lives',
      handle: async () => ({ status: 'ok' }),
    }),
    route({
      ...{ method: 'get', path: '/readyz', scope: 'open', tag: 'About', answer },
      summary: 'Whether Temporal and TinyTask answer, and a daemon works; 503 with a code where one does not',
      codes: ['not-ready'],
      handle: async () => {
        const why = await notReady(look);
        if (why !== null) throw new RefusedError({ code: 'not-ready', why });
        return { status: 'ok' };
      },
    }),
  ];
}

async function notReady(look: RouteDeps['look']): Promise<ErrorCode | null> {
  try {
    const { status } = await look.within(AGE_MS);
    const failed = status.problems.find((problem) => problem.what === 'failed');
    if (failed !== undefined) return failed.failure.code;
    // Nothing would be done of what is asked for.
    return status.daemon === null ? 'no-daemon' : null;
  } catch (error) {
    if (error instanceof SchedulerError) return error.code;
    throw error;
  }
}

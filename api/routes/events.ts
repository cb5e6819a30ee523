import { z } from '@hono/zod-openapi';
import type { RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import * as shape from './shapes.ts';

const LAST = 'last-event-id';
const headers = z.object({
  [LAST]: z
    .string()
    .max(100)
    .optional()
    .openapi({ description: 'What was told after it, if that is kept; else a snapshot.' }),
});

const query = z.strictObject({
  tasks: shape.whole(0, 10_000).optional(),
});

/** What changes, as it changes. */
export function eventRoutes({ hub }: RouteDeps): Route[] {
  return [
    route({
      ...{ method: 'get', path: '/api/events', scope: 'read', tag: 'State', headers, query },
      ...{ answer: z.string(), media: 'text/event-stream' },
      summary:
        'Server-sent events: a snapshot, then scheduler, agent, agent-gone, task, task-gone, schedule, schedule-gone, connection as they change',
      codes: ['too-many-streams'],
      handle: async ({ headers: sent, query: { tasks }, method, mayStay }) => {
        const about = { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } };
        // Nobody reads a stream that a HEAD would open.
        if (method === 'HEAD') return new Response(null, about);
        return new Response(hub.open(sent.get(LAST), mayStay, tasks).stream, about);
      },
    }),
  ];
}

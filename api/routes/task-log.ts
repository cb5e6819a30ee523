import { z } from '@hono/zod-openapi';
import { attemptJson } from '../../client/json/attempt.ts';
import { type ApiCode, RefusedError } from '../../contract/api.ts';
import type { LogPiece } from '../../contract/listings.ts';
import type { RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import * as shape from './shapes.ts';
import { foundInLog, logAnswer } from './task-shapes.ts';

/** Of one log in one answer. */
const MOST_LOG_BYTES = 1_048_576;
const LOG_BYTES = 65_536;
const FURTHEST = 1_000_000_000_000;
const MATCHES = 1_000;

const attempt = shape.whole(1, 999_999_999).optional();
const logQuery = z.strictObject({
  attempt,
  from: shape.whole(-MOST_LOG_BYTES, FURTHEST).optional(),
  before: shape.whole(0, FURTHEST).optional(),
  bytes: shape.whole(1, MOST_LOG_BYTES).optional(),
  lines: shape.whole(1, 10_000).optional(),
});
const findQuery = z.strictObject({
  attempt,
  text: z.string().min(1).max(200),
  from: shape.whole(0, FURTHEST).optional(),
  limit: shape.whole(1, MATCHES).optional(),
});

const CODES = [
  'no-such-task',
  'no-such-attempt',
  'no-log',
  'log-elsewhere',
  'log-missing',
  'log-unreadable',
  'beyond-log',
] as const satisfies ApiCode[];

const about = {
  method: 'get',
  scope: 'read',
  tag: 'Tasks',
  params: shape.taskParams,
  codes: CODES,
} as const;

/** Logs of attempts. */
export function taskLogRoutes({ scheduler }: RouteDeps): Route[] {
  return [
    route({
      ...{ ...about, path: '/api/tasks/{id}/log', query: logQuery, answer: logAnswer },
      summary:
        'A part of the log of an attempt: go on from `to` until it is `size` and `is_over`; from below 0 counts from the end; the part before `before`; with `lines` whole lines, at most so many',
      handle: ({ params: { id }, query: { attempt, from = 0, bytes = LOG_BYTES, before, lines } }) =>
        scheduler.use(async (client) => {
          const asked = {
            ...{ from, mostBytes: bytes },
            ...(attempt !== undefined && { attempt }),
            ...(before !== undefined && { before }),
            ...(lines !== undefined && { mostLines: lines }),
          };
          return logJson(await client.log(id, asked));
        }),
    }),
    route({
      ...{ ...about, path: '/api/tasks/{id}/log/text', query: z.strictObject({ attempt }) },
      ...{ answer: z.string(), media: 'text/plain' },
      summary: 'The whole log of an attempt as it is now, as text',
      handle: async ({ params: { id }, query }) => {
        const read = (from: number, which: number | undefined) =>
          scheduler.use((client) =>
            client.log(id, {
              ...{ from, mostBytes: MOST_LOG_BYTES },
              ...(which !== undefined && { attempt: which }),
            }),
          );
        const first = await read(0, query.attempt);
        const name = `task_${id}_attempt_${first.attempt.number}.log`;
        return new Response(
          textFrom(first, (from) => read(from, first.attempt.number)),
          {
            headers: {
              'content-type': 'text/plain; charset=utf-8',
              'content-disposition': `attachment; filename="${name}"`,
            },
          },
        );
      },
    }),
    route({
      ...{ ...about, path: '/api/tasks/{id}/log/find', query: findQuery, answer: foundInLog },
      summary: 'Where a text is in the whole log of an attempt, letters of ASCII large or small',
      handle: ({ params: { id }, query: { attempt, text, from = 0, limit = MATCHES } }) =>
        scheduler.use(async (client) => {
          const asked = { text, from, mostMatches: limit, ...(attempt !== undefined && { attempt }) };
          const { attempt: which, matches, to, size, isOver } = await client.searchLog(id, asked);
          if (from > size)
            throw new RefusedError({ code: 'beyond-log', taskId: id, attempt: which.number, from, size });
          return { task_id: id, attempt: which.number, matches, to, size, is_over: isOver };
        }),
    }),
  ];
}

/** Piece after piece, as fast as they are taken; what is written meanwhile is not told. */
function textFrom(first: LogPiece, read: (from: number) => Promise<LogPiece>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let piece = first;
  return new ReadableStream({
    async pull(stream) {
      stream.enqueue(encoder.encode(piece.text));
      if (piece.to >= first.size || piece.to <= piece.from) stream.close();
      else piece = await read(piece.to);
    },
  });
}

function logJson({ attempt, from, to, size, text, isOver }: LogPiece): Record<string, unknown> {
  const { taskId, number } = attempt;
  if (from > size) throw new RefusedError({ code: 'beyond-log', taskId, attempt: number, from, size });
  return { task_id: taskId, ...attemptJson(attempt), from, to, size, text, is_over: isOver };
}

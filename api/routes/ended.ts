import { historyOf } from '../../client/history/groups.ts';
import { historyJson } from '../../client/json/history.ts';
import { runsJson } from '../../client/json/runs.ts';
import type { Which } from '../../contract/came-to.ts';
import type { PastAsked } from '../../contract/history.ts';
import type { EndedRuns, RunFilter } from '../../contract/listings.ts';
import { decodeCursor, encodeCursor, runCursor } from './cursor.ts';
import { READ_AGE_MS, type RouteDeps } from './deps.ts';
import { historyAnswer, historyQuery, runsAnswer, runsQuery } from './history-shapes.ts';
import { type Route, route } from './route.ts';

const about = { method: 'get', scope: 'read', tag: 'History and outlook' } as const;
const RUNS = 50;
const RECENT = 0;
const DAY_MS = 86_400_000;
/** A list of thousands is read for it. */
const PAST_AGE_MS = 5_000;

/** Runs that have ended, one by one and in groups. */
export function endedRoutes({ scheduler, look }: RouteDeps): Route[] {
  // Each run in one costs a look at its history, the first time.
  const ended = look.beside((asked) =>
    scheduler.use((client) => client.endedRuns(JSON.parse(asked) as RunFilter)),
  );
  // Whoever asks about the same time shares one look, however it is told.
  const past = look.beside((asked) =>
    scheduler.use((client) => client.pastRuns(JSON.parse(asked) as PastAsked)),
  );
  return [
    route({
      ...{ ...about, path: '/api/runs', query: runsQuery, answer: runsAnswer },
      summary:
        'Runs that have ended, newest first; a page may have fewer than its limit and still be followed by others',
      codes: ['no-such-agent', 'wrong-cursor'],
      handle: async ({ query: { since, until, agent, pool, limit = RUNS, cursor, ...rest } }) => {
        const place = cursor === undefined ? undefined : decodeCursor(cursor, runCursor);
        const which = whichOf(rest);
        const asked: RunFilter = {
          ...(place && { before: { endedMs: place.ended, runId: place.run } }),
          ...(since !== undefined && { sinceMs: since }),
          ...(until !== undefined && { untilMs: until }),
          ...(agent !== undefined && { agent }),
          ...(pool !== undefined && { pool }),
          ...(Object.keys(which).length > 0 && { which }),
          limit,
        };
        return runsPage(await ended(JSON.stringify(asked), READ_AGE_MS));
      },
    }),
    route({
      ...{ ...about, path: '/api/history', query: historyQuery, answer: historyAnswer },
      summary:
        'What ended within a time, in groups: what it came to, how long it took and waited, tokens; of up to 2,000 runs',
      codes: ['no-such-agent'],
      handle: async ({ query }) => {
        const { since, until, agent, pool, by = 'day', time_zone: timeZone = 'UTC', recent = RECENT } = query;
        const asked: PastAsked = {
          sinceMs: since ?? (until ?? thisMinuteMs()) - DAY_MS,
          ...(until !== undefined && { untilMs: until }),
          ...(agent !== undefined && { agent }),
          ...(pool !== undefined && { pool }),
        };
        const seen = await past(JSON.stringify(asked), PAST_AGE_MS);
        return historyJson(historyOf(seen, { by, timeZone, recent, which: whichOf(query) }));
      },
    }),
  ];
}

/** So that who asks within a minute asks the same. */
const thisMinuteMs = () => Math.floor(Date.now() / 60_000) * 60_000;

function whichOf({
  recipe,
  verdict,
  came_to: cameTo,
}: {
  recipe?: string | undefined;
  verdict?: Which['verdict'] | undefined;
  came_to?: Which['cameTo'] | undefined;
}): Which {
  return {
    ...(recipe !== undefined && { recipe }),
    ...(verdict !== undefined && { verdict }),
    ...(cameTo !== undefined && { cameTo }),
  };
}

function runsPage(ended: EndedRuns): Record<string, unknown> {
  const last = ended.runs.at(-1);
  const next = ended.next ?? (last && { endedMs: last.endedAtMs, runId: last.runId });
  const isMore = ended.more && next !== undefined;
  return {
    ...runsJson(ended),
    next_cursor: isMore ? encodeCursor({ ended: next.endedMs, run: next.runId }) : null,
  };
}

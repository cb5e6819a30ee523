import { unseenHeadline } from '../../client/headline/headline.ts';
import { headlineJson } from '../../client/json/headline.ts';
import { runningJson } from '../../client/json/running.ts';
import { SchedulerError } from '../../contract/errors.ts';
import type { Headline, Recent } from '../../contract/headline.ts';
import { READ_AGE_MS, type RouteDeps } from './deps.ts';
import { type Route, route } from './route.ts';
import { soon } from './soon.ts';
import { runningAnswer, summaryAnswer } from './summary-shapes.ts';

/** The list of what ended may be long, and what it tells changes slowly. */
const RECENT_AGE_MS = 10_000;
const RUNNING_AGE_MS = 2_000;
/** Whoever was woken is not to wait for what was: it may take seconds, and how things are now is known. */
const PATIENCE_MS = 300;
/** What is older is not the last hour any more. */
const KEPT_MS = 300_000;

const about = { method: 'get', scope: 'read', tag: 'State' } as const;

/** The first line, and what runs. */
export function summaryRoutes({ scheduler, look }: RouteDeps): Route[] {
  const recent = look.beside(() => scheduler.use((client) => client.recent()));
  let last: { recent: Recent; atMs: number } | null = null;
  // What cannot be read of the past is null; how things are now is told all the same.
  const known = (): Promise<Recent | null> => {
    const reading = recent('', RECENT_AGE_MS).then((read) => {
      last = { recent: read, atMs: performance.now() };
      return read;
    });
    return soon(reading, PATIENCE_MS, () =>
      last !== null && performance.now() - last.atMs < KEPT_MS ? last.recent : null,
    );
  };
  const headline = async () => {
    const [seen, past] = await Promise.all([look.within(READ_AGE_MS), known()]);
    return scheduler.use((client) => client.headline(seen, past));
  };
  const running = look.beside(async () => {
    const seen = await look.within(RUNNING_AGE_MS);
    return scheduler.use((client) => client.running(seen));
  });
  let seenMs: number | null = null;
  return [
    route({
      ...{ ...about, path: '/api/summary', answer: summaryAnswer },
      summary:
        'The first line for somebody who was woken: what is wrong, since when, what changed last. While Temporal does not answer it says so',
      handle: async () => {
        const told = await headline().catch((error) => unseen(error, seenMs));
        if (told.counts !== null) seenMs = told.atMs;
        return headlineJson(told);
      },
    }),
    route({
      ...{ ...about, path: '/api/running', answer: runningAnswer },
      summary: 'Each task that has a slot: how long, its limit of time, tokens, what it wrote last',
      handle: async () => runningJson(await running('', RUNNING_AGE_MS)),
    }),
  ];
}

/** `seenMs`: when it was last known how things are. */
function unseen(error: unknown, seenMs: number | null): Headline {
  if (!(error instanceof SchedulerError)) throw error;
  return unseenHeadline(error.failure, Date.now(), seenMs);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { isOne } from '../../client/history/came-to.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { PastAsked, PastRuns } from '../../contract/history.ts';
import type { EndedRun, EndedRuns, RunFilter } from '../../contract/listings.ts';
import { attemptOf } from './attempts.ts';
import { endedRunOf } from './ended-runs.ts';

const MINUTE_MS = 60_000;

/** A scheduler whose runs ended one each so many minutes, back from a moment; every fifth badly. */
export function pastOf(nowMs: number, count: number, everyMinutes: number): EndedRun[] {
  const agents = ['ada', 'bob', 'cy'];
  const recipes = ['tidy', 'review', 'a recipe with a long name <b>that</b> somebody else wrote'];
  const bad = ['looping', 'stalled', 'timed-out', 'misconfigured'] as const;
  return Array.from({ length: count }, (_, at) => {
    const id = at + 1;
    const endedAtMs = nowMs - id * everyMinutes * MINUTE_MS;
    const kind = bad[at % 4] ?? 'looping';
    const verdict = { kind: id % 5 === 0 ? kind : 'completed', reason: 'as it was <i>told</i>' } as const;
    const recipe = recipes[at % 3] ?? null;
    const about = { taskId: id, runId: `run-${String(count - at).padStart(6, '0')}`, recipe, verdict };
    const tokens = id % 7 === 0 ? null : 1_000 * (1 + (id % 30));
    return endedRunOf(id, {
      ...{ runId: about.runId, agent: agents[id % 3] ?? null, verdict, endedAtMs },
      startedAtMs: endedAtMs - (5 + (id % 13)) * MINUTE_MS,
      end: id % 5 === 0 ? 'returned' : id % 11 === 0 ? 'put-back' : 'complete',
      attempts: [
        attemptOf({
          ...about,
          tokens,
          seconds: 30 + (id % 20) * 11,
          sentAtMs: endedAtMs - (id % 5) * MINUTE_MS,
        }),
      ],
    });
  });
}

/** The answers about what ended, as the client gives them, over these runs. `tookMs`: how long each takes. */
export function endedClient(
  runs: () => readonly EndedRun[],
  change: Partial<PastRuns> = {},
  tookMs = 0,
): Pick<SchedulerClient, 'endedRuns' | 'pastRuns' | 'tasks'> {
  const within = ({ sinceMs = 0, untilMs = Number.POSITIVE_INFINITY, agent, pool }: Partial<PastAsked>) =>
    runs().filter(
      (run) =>
        run.endedAtMs >= sinceMs &&
        run.endedAtMs < untilMs &&
        (agent === undefined || run.agent === agent) &&
        (pool === undefined || run.pool === pool),
    );
  return {
    tasks: async () => [],
    async pastRuns(asked: PastAsked): Promise<PastRuns> {
      await sleep(tookMs);
      const { sinceMs, untilMs = Date.now() } = asked;
      const found = within(asked);
      const looked = { runs: found, leftLine: 0, lookedAt: found.length, more: 'no' as const };
      return {
        atMs: Date.now(),
        sinceMs,
        untilMs,
        knownSinceMs: sinceMs,
        keptForMs: null,
        ...looked,
        ...change,
      };
    },
    async endedRuns({ limit, before, which = {}, ...asked }: RunFilter): Promise<EndedRuns> {
      await sleep(tookMs);
      const found = within(asked).filter((run) => isOne(run, which));
      const rest = before === undefined ? found : found.filter(({ endedAtMs }) => endedAtMs < before.endedMs);
      return { runs: rest.slice(0, limit), more: rest.length > limit };
    },
  };
}

import type { EndedRun, EndedRuns } from '../../contract/listings.ts';
import { sayEndedRun } from '../../words/ended-run.ts';
import { cameTo, recipeOf, tokensOf } from '../history/came-to.ts';
import { attemptJson } from './attempt.ts';
import { isoTime } from './iso-time.ts';

/** For how long goose ran, in all attempts of the run. */
export function gooseSecondsOf({ attempts }: EndedRun): number | null {
  if (attempts === null) return null;
  let sum = 0;
  for (const { seconds } of attempts) {
    if (seconds === null) return null;
    sum += seconds;
  }
  return Math.round(sum * 10) / 10;
}

/** What has ended as one JSON object, times in ISO 8601. */
export function runsJson({ runs, more }: EndedRuns): Record<string, unknown> {
  return {
    runs: runs.map((run) => {
      const { taskId, runId, agent, queue, startedAtMs, endedAtMs, how, end, verdict, attempts } = run;
      return {
        ...{ task_id: taskId, run_id: runId, agent, queue, pool: run.pool, recipe: recipeOf(run) },
        started: isoTime(startedAtMs),
        ended: isoTime(endedAtMs),
        seconds: Math.round((endedAtMs - startedAtMs) / 100) / 10,
        goose_seconds: gooseSecondsOf(run),
        tokens: tokensOf(run),
        ...{
          how,
          end,
          came_to: cameTo(run),
          verdict: verdict?.kind ?? null,
          reason: verdict?.reason ?? null,
        },
        attempts: attempts?.map(attemptJson) ?? null,
        says: sayEndedRun(run),
      };
    }),
    more,
  };
}

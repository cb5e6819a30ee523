import type { EndedRun, EndedRuns } from '../../../contract/listings.ts';
import { duration } from '../../../words/duration.ts';
import { sayEndedRun } from '../../../words/ended-run.ts';
import { isoTime } from './iso-time.ts';
import { attemptJson } from './show-attempt.ts';
import { table } from './table.ts';

const HEAD = ['ENDED', 'TASK', 'POOL', 'AGENT', 'ATTEMPT', 'GOOSE', 'IN ALL', 'HOW'];

/** What has ended for people, newest first. `nowMs`: milliseconds since the epoch. `across`: columns of the terminal. */
export function runsText({ runs, more }: EndedRuns, nowMs: number, across?: number): string {
  if (runs.length === 0) return 'No run like that has ended, as far as Temporal still knows.';
  const rows = runs.map((run) => [
    `${duration(nowMs - run.endedAtMs)} ago`,
    ...[String(run.taskId), run.queue ?? '-', run.agent ?? '-', attemptOf(run), gooseOf(run)],
    ...[duration(run.endedAtMs - run.startedAtMs), sayEndedRun(run)],
  ]);
  const rest = more ? '\n\nThere are more: --limit shows them.' : '';
  return `${table([HEAD, ...rows], across)}${rest}`;
}

function attemptOf({ attempts }: EndedRun): string {
  if (attempts === null) return '?';
  const last = attempts.at(-1);
  return last === undefined ? '-' : String(last.number);
}

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

function gooseOf(run: EndedRun): string {
  if (run.attempts?.length === 0) return '-';
  const seconds = gooseSecondsOf(run);
  return seconds === null ? '?' : duration(seconds * 1_000);
}

/** The same as one JSON object, times in ISO 8601. */
export function runsJson({ runs, more }: EndedRuns): Record<string, unknown> {
  return {
    runs: runs.map((run) => {
      const { taskId, runId, agent, queue, startedAtMs, endedAtMs, how, end, verdict, attempts } = run;
      return {
        ...{ task_id: taskId, run_id: runId, agent, queue },
        started: isoTime(startedAtMs),
        ended: isoTime(endedAtMs),
        seconds: Math.round((endedAtMs - startedAtMs) / 100) / 10,
        goose_seconds: gooseSecondsOf(run),
        ...{ how, end, verdict: verdict?.kind ?? null, reason: verdict?.reason ?? null },
        attempts: attempts?.map(attemptJson) ?? null,
        says: sayEndedRun(run),
      };
    }),
    more,
  };
}

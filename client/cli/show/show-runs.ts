import type { EndedRun, EndedRuns } from '../../../contract/listings.ts';
import { duration } from '../../../words/duration.ts';
import { sayEndedRun } from '../../../words/ended-run.ts';
import { gooseSecondsOf } from '../../json/runs.ts';
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

function gooseOf(run: EndedRun): string {
  if (run.attempts?.length === 0) return '-';
  const seconds = gooseSecondsOf(run);
  return seconds === null ? '?' : duration(seconds * 1_000);
}

import type { Attempt, ClosedRun, ToldByHistory } from '../../contract/attempts.ts';
import type { EndedWork, ReportAsked, Spread, WorkOf } from '../../contract/report.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import { groupedBy } from '../../domain/grouped.ts';
import { counted } from './scheduled.ts';
import { byName } from './workload.ts';

/** Runs that ended, as they were read. */
export interface EndedFacts {
  keptForMs: number | null;
  /** The last first. */
  runs: readonly ClosedRun[];
  more: boolean;
  /** Of the first of `runs`, in their order; undefined: the server has it no more. */
  told: readonly (ToldByHistory | undefined)[];
}

/** A run whose history was read. */
type ReadRun = ClosedRun & ToldByHistory;

const HOUR_MS = 3_600_000;

/** What ended since. Only what is known counts: see EndedWork for what each figure is about. */
export function endedWork(
  { keptForMs, runs, more, told }: EndedFacts,
  { agent, sinceMs }: ReportAsked & { sinceMs: number },
  nowMs: number,
): EndedWork {
  const isOurs = (run: ClosedRun) => agent === undefined || run.agent === agent;
  const ended = runs.filter((run) => isOurs(run) && run.how !== 'continued');
  const read = runs.flatMap((run, at): ReadRun[] => {
    const kept = told[at];
    return kept !== undefined && isOurs(run) ? [{ ...run, ...kept }] : [];
  });
  const readEnded = read.filter(({ how }) => how !== 'continued');
  const attempts = read
    .flatMap((run) => run.attempts.filter(isOver))
    .filter((attempt) => agent === undefined || attempt.agent === agent);
  const completed = readEnded.filter(({ result }) => result?.end === 'complete').length;
  const hours = Math.max(nowMs - sinceMs, 1) / HOUR_MS;
  const allAreKnown = ended.length > 0 && !more && readEnded.length === ended.length;
  return {
    ...{ sinceMs, keptForMs, more, runs: ended.length, read: readEnded.length },
    ends: counted(readEnded.map(({ result }) => result?.end ?? 'lost')).map(([end, times]) => ({
      end,
      runs: times,
    })),
    completedPerHour: allAreKnown ? completed / hours : null,
    waiting: spreadOf(read.flatMap(waitedMs)),
    running: spreadOf(
      attempts
        .filter(hadGoose)
        .flatMap(({ seconds }) => (seconds === null ? [] : Math.round(seconds * 1_000))),
    ),
    verdicts: counted(attempts.map(({ verdict }) => verdict.kind)).map(([verdict, times]) => ({
      verdict,
      attempts: times,
    })),
    byAgent: workBy(attempts, (attempt) => attempt.agent),
    byRecipe: workBy(attempts, (attempt) => attempt.recipe),
  };
}

/** It came to something that is known. */
function isOver(attempt: Attempt): attempt is Attempt & { verdict: Verdict } {
  return attempt.verdict !== null;
}

/** Or may have had one: its host was lost. */
export function hadGoose({ claimed }: Attempt): boolean {
  return claimed !== false;
}

/** Of a run with an attempt, from its start until then. */
export function waitedMs({ startedAtMs, attempts }: Pick<ReadRun, 'startedAtMs' | 'attempts'>): number | [] {
  const first = attempts.find(isOver);
  return first === undefined ? [] : Math.max(0, first.sentAtMs - startedAtMs);
}

/** Undefined numbers are nobody's: half of the numbers are at most p50, nine of ten at most p90. */
export function spreadOf(numbers: readonly number[]): Spread | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
  const meanMs = sorted.reduce((sum, each) => sum + each, 0) / sorted.length;
  return sorted.length === 0
    ? null
    : { of: sorted.length, meanMs, p50Ms: at(0.5), p90Ms: at(0.9), mostMs: at(1) };
}

function workBy(attempts: readonly Attempt[], nameOf: (attempt: Attempt) => string | null): WorkOf[] {
  return [...groupedBy(attempts.filter(hadGoose), nameOf)]
    .map(([name, own]) => {
      const known = own.flatMap(({ tokens }) => tokens ?? []);
      return {
        ...{ name, attempts: own.length, unknownTokens: own.length - known.length },
        tokens: known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0),
      };
    })
    .sort((a, b) => byName(a.name, b.name));
}

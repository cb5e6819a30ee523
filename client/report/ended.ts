import type {
  EndedAttempt,
  EndedRun,
  EndedRunDetails,
  EndedWork,
  ReportAsked,
  Spread,
  WorkOf,
} from '../../contract/report.ts';
import { counted } from './scheduled.ts';
import { byName, groupedBy } from './workload.ts';

/** Runs that ended, as they were read. */
export interface EndedFacts {
  keptForMs: number | null;
  /** The last first. */
  runs: readonly EndedRun[];
  more: boolean;
  /** Of the first of `runs`, in their order; undefined: the server has it no more. */
  details: readonly (EndedRunDetails | undefined)[];
}

/** A run whose history was read. */
type ReadRun = EndedRun & EndedRunDetails;

const HOUR_MS = 3_600_000;

/** What ended since. Only what is known counts: see EndedWork for what each figure is about. */
export function endedWork(
  { keptForMs, runs, more, details }: EndedFacts,
  { agent, sinceMs }: ReportAsked & { sinceMs: number },
  nowMs: number,
): EndedWork {
  const isOurs = (run: EndedRun) => agent === undefined || run.agent === agent;
  const ended = runs.filter((run) => isOurs(run) && run.how !== 'continued');
  const read = runs.flatMap((run, at): ReadRun[] => {
    const kept = details[at];
    return kept !== undefined && isOurs(run) ? [{ ...run, ...kept }] : [];
  });
  const readEnded = read.filter(({ how }) => how !== 'continued');
  const attempts = read
    .flatMap((run) => run.attempts)
    .filter((attempt) => agent === undefined || attempt.agent === agent);
  const completed = readEnded.filter(({ end }) => end === 'complete').length;
  const hours = Math.max(nowMs - sinceMs, 1) / HOUR_MS;
  const allAreKnown = ended.length > 0 && !more && readEnded.length === ended.length;
  return {
    ...{ sinceMs, keptForMs, more, runs: ended.length, read: readEnded.length },
    ends: counted(readEnded.map(({ end }) => end ?? 'lost')).map(([end, times]) => ({ end, runs: times })),
    completedPerHour: allAreKnown ? completed / hours : null,
    waiting: spreadOf(read.flatMap(waitedMs)),
    running: spreadOf(
      attempts.flatMap(({ isWithoutGoose, tookMs }) => (isWithoutGoose ? [] : (tookMs ?? []))),
    ),
    verdicts: counted(attempts.map(({ verdict }) => verdict)).map(([verdict, times]) => ({
      verdict,
      attempts: times,
    })),
    byAgent: workBy(attempts, (attempt) => attempt.agent),
    byRecipe: workBy(attempts, (attempt) => attempt.recipe),
  };
}

/** Of a run with an attempt, from its start until then. */
function waitedMs({ startedAtMs, attempts: [first] }: ReadRun): number | [] {
  return first === undefined ? [] : Math.max(0, first.askedAtMs - startedAtMs);
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

function workBy(
  attempts: readonly EndedAttempt[],
  nameOf: (attempt: EndedAttempt) => string | null,
): WorkOf[] {
  const withGoose = attempts.filter(({ isWithoutGoose }) => !isWithoutGoose);
  return [...groupedBy(withGoose, nameOf)]
    .map(([name, own]) => {
      const known = own.flatMap(({ tokens }) => tokens ?? []);
      return {
        ...{ name, attempts: own.length, unknownTokens: own.length - known.length },
        tokens: known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0),
      };
    })
    .sort((a, b) => byName(a.name, b.name));
}

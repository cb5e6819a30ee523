import type { CameTo } from '../../contract/came-to.ts';
import type {
  GroupsAsked,
  HistoryBy,
  NamedGroup,
  PastRuns,
  RecentRun,
  RunGroup,
  RunHistory,
} from '../../contract/history.ts';
import type { EndedRun } from '../../contract/listings.ts';
import type { VerdictKind } from '../../domain/attempt/verdict.ts';
import { groupedBy } from '../../domain/grouped.ts';
import { type Zone, zoneOf } from '../../domain/schedule/zone.ts';
import { hadGoose, spreadOf, waitedMs } from '../report/ended.ts';
import { byName } from '../report/workload.ts';
import { cameTo, isOne, recipeOf, wentBadly } from './came-to.ts';
import { daysWithin, hoursWithin, type Stretch } from './stretches.ts';

/** Groups that are told at most: of 200 agents each has its own, and of a week each hour. */
const MOST_GROUPS = 400;

/** Runs that were looked at, by what is asked for. `timeZone` has to be one that there is. */
export function historyOf(past: PastRuns, { by, timeZone, which, recent }: GroupsAsked): RunHistory {
  const { runs, ...about } = past;
  const ours = runs.filter((run) => isOne(run, which));
  const groups = by === 'day' || by === 'hour' ? timed(past, ours, by, timeZone) : named(ours, by);
  const told = by === 'day' || by === 'hour' ? groups.slice(-MOST_GROUPS) : groups.slice(0, MOST_GROUPS);
  return {
    ...{ ...about, by, timeZone, all: groupOf(ours) },
    groups: told.map(({ own, ...group }) => ({
      ...{ ...group, ...groupOf(own) },
      recent: own.slice(0, recent).map(recentRun),
    })),
    groupsLeftOut: groups.length - told.length,
  };
}

type Unreckoned = Pick<NamedGroup, 'key' | 'during'> & { own: readonly EndedRun[] };

const KEYS: Record<Exclude<HistoryBy, 'hour' | 'day'>, (run: EndedRun) => string | null> = {
  agent: ({ agent }) => agent,
  recipe: recipeOf,
  pool: ({ pool }) => pool,
  verdict: ({ verdict }) => verdict?.kind ?? null,
};

function named(runs: readonly EndedRun[], by: keyof typeof KEYS): Unreckoned[] {
  return [...groupedBy(runs, KEYS[by])]
    .map(([key, own]) => ({ key, own }))
    .sort((a, b) => b.own.length - a.own.length || byName(a.key, b.key));
}

function timed(
  { knownSinceMs, untilMs, atMs }: PastRuns,
  runs: readonly EndedRun[],
  by: 'hour' | 'day',
  timeZone: string,
): Unreckoned[] {
  const zone = zoneOf(timeZone) as Zone;
  const stretches = (by === 'day' ? daysWithin : hoursWithin)(zone, knownSinceMs, untilMs, MOST_GROUPS);
  const own = groupedBy(runs, ({ endedAtMs }) => stretchAt(stretches, endedAtMs));
  return stretches.map((stretch) => {
    const { key, ...during } = stretch;
    const isWhole = during.sinceMs >= knownSinceMs && during.untilMs <= Math.min(untilMs, atMs);
    return { key, during: { ...during, isWhole }, own: own.get(stretch) ?? [] };
  });
}

function stretchAt(stretches: readonly Stretch[], atMs: number): Stretch | undefined {
  return stretches.findLast(({ sinceMs }) => sinceMs <= atMs);
}

/** What these runs tell together. */
export function groupOf(runs: readonly EndedRun[]): RunGroup {
  const came: Record<CameTo, number> = { completed: 0, failed: 0, other: 0, unknown: 0 };
  for (const run of runs) came[cameTo(run)] += 1;
  const attempts = runs.flatMap((run) => run.attempts ?? []);
  const known = attempts.filter(hadGoose).flatMap(({ tokens }) => tokens ?? []);
  return {
    ...{ runs: runs.length, cameTo: came, verdicts: verdictsOf(runs) },
    working: spreadOf(runs.flatMap(workedMs)),
    waiting: spreadOf(
      runs.flatMap((run) => (run.attempts === null ? [] : waitedMs({ ...run, attempts: run.attempts }))),
    ),
    attempts: attempts.length,
    attemptsFailed: attempts.filter(({ verdict }) => verdict !== null && wentBadly(verdict)).length,
    tokens: known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0),
    unknownTokens: attempts.filter(hadGoose).length - known.length,
  };
}

function verdictsOf(runs: readonly EndedRun[]): RunGroup['verdicts'] {
  const groups = groupedBy(runs, ({ verdict }): VerdictKind | null => verdict?.kind ?? null);
  return [...groups]
    .map(([verdict, own]) => ({ verdict, runs: own.length }))
    .sort((a, b) => b.runs - a.runs || byName(a.verdict, b.verdict));
}

/** Of a run in which goose was, and of which all is known. */
function workedMs({ attempts }: EndedRun): number | [] {
  const own = (attempts ?? []).filter(hadGoose);
  if (own.length === 0 || own.some(({ seconds }) => seconds === null)) return [];
  return Math.round(own.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0) * 1_000);
}

function recentRun(run: EndedRun): RecentRun {
  return {
    ...{ taskId: run.taskId, runId: run.runId, endedMs: run.endedAtMs, agent: run.agent },
    ...{ cameTo: cameTo(run), verdict: run.verdict?.kind ?? null, attempts: run.attempts?.length ?? null },
  };
}

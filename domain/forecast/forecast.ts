import { endsOfChains } from '../plan/chain.ts';
import type { Standing } from '../plan/decision.ts';
import type { Reason } from '../plan/reason.ts';
import type { BasisLevel, Experience } from './experience.ts';
import { drawsFor, fairShare } from './luck.ts';
import { type ForecastInput, outsetOf, type Played } from './outset.ts';
import { basisOf, type Draw, makeOutset, type Outset, play } from './play.ts';

/** Half of the draws are over by `p50Ms`, nine of ten by `p90Ms`: milliseconds since the epoch; null: not known. */
export interface Span {
  p50Ms: number;
  p90Ms: number | null;
}

/** What is foreseen of an open task. */
export interface Foreseen {
  taskId: number;
  /**
   * `running`: it has a slot. `to-run`: it starts by itself. `with-subtasks`: it never starts, and is over with the last of them.
   * `kept`: it does not start until somebody does something, or for nobody knows how long.
   */
  is: 'running' | 'to-run' | 'with-subtasks' | 'kept';
  /** Why it does not run now, as the planner says; null: it runs. */
  reason: Reason | null;
  /** Of one that is kept: what has to be done about, where that is not the reason itself; of another task where it waits for one. */
  keptBy: { taskId: number; reason: Reason } | null;
  /** Who is likely to have it; null: not known. */
  agent: string | null;
  /** Of what runs, when its attempt began; null: not known, or it never starts. */
  start: Span | null;
  /** Null: not known, or it is kept. */
  end: Span | null;
  /** What the guess about its own length rests on. */
  basis: { level: BasisLevel; runs: number };
}

export interface Foresight {
  /** In the order in which they go. */
  tasks: Foreseen[];
  /** When all that is not kept is over; null: nothing is open, or not known. */
  end: Span | null;
  /** Tasks whose ends `end` is about. */
  ending: number;
  /** Tasks that are kept, and those of which nothing is known. */
  kept: number;
  unknown: number;
  /** How many past tasks it all rests on. */
  restsOn: number;
  /** How often the backlog was played. */
  draws: number;
}

/**
 * When each open task starts and ends if nothing is added but what schedules make, and nobody does anything. The backlog is played many times, by the
 * rules by which it is worked on; each time each task takes as long as one that is known. Pure: the same input has the same answer.
 *
 * @param draws how often: a prime
 */
export function foresee(
  input: ForecastInput,
  experience: Experience,
  draws = drawsFor(input.plan.tasks.length + (input.coming?.length ?? 0)),
): Foresight {
  const tasks = outsetOf(input);
  const outset = makeOutset(input, tasks, experience);
  const played = Array.from({ length: draws }, (_, draw) =>
    play(outset, (taskId) => fairShare(taskId, draw, draws)),
  );
  const standings = new Map(tasks.map(({ task, standing }) => [task.id, standing]));
  const endOf = endsOfChains(standings);
  const keptPlaces = keptOf(outset);
  // Those that are to come only take their slots.
  const places = tasks.flatMap(({ isToCome }, place) => (isToCome ? [] : [place]));
  const foreseen = tasks.map((each, place) => {
    const about = { each, place, played, experience, isKept: keptPlaces.has(place) };
    return foreseenOf(about, (taskId) => keeperOf(endOf(taskId), standings));
  });
  const told = places.flatMap((place) => foreseen[place] ?? []);
  const known = places.filter((place) => foreseen[place]?.end);
  const kept = told.filter(({ is }) => is === 'kept').length;
  return {
    tasks: told,
    end: spanOf(played.map(({ ends }) => known.reduce((last, place) => Math.max(last, ends[place] ?? 0), 0))),
    ...{ ending: known.length, kept, unknown: told.length - kept - known.length },
    ...{ restsOn: experience.size, draws },
  };
}

/** Places of the tasks that are kept, and of all that wait for one of them, directly and through others. */
function keptOf({ tasks, before, followers }: Outset): Set<number> {
  const kept = new Set<number>();
  tasks.forEach(({ how }, place) => {
    if (how.is === 'kept' || before[place] === Number.POSITIVE_INFINITY) kept.add(place);
  });
  // A set is gone through with what is added meanwhile.
  for (const place of kept) for (const next of followers[place] ?? []) kept.add(next);
  return kept;
}

interface About {
  each: Played;
  place: number;
  played: readonly Draw[];
  experience: Experience;
  isKept: boolean;
}

function foreseenOf(
  { each, place, played, experience, isKept }: About,
  keeper: (taskId: number) => Foreseen['keptBy'],
): Foreseen {
  const { task, standing, how } = each;
  const [first] = standing.reasons;
  const start = spanOf(played.map(({ starts }) => starts[place] ?? 0));
  const end = spanOf(played.map(({ ends }) => ends[place] ?? 0));
  const agent = mostFrequent(played.flatMap(({ agents }) => agents[place] ?? []));
  const { level, courses } = agent === undefined ? NO_BASIS : basisOf(each, agent, experience);
  const isNever = (start ?? end) === null && experience.size > 0;
  const is = isOf(each, isKept || isNever);
  return {
    ...{ taskId: task.id, is, agent: agent ?? null, start, end },
    reason: how.is === 'running' ? null : (first ?? null),
    keptBy: is === 'kept' ? keptBy(each, keeper) : null,
    basis: { level, runs: courses.length },
  };
}

const NO_BASIS = { level: 'none', courses: [] } as const;

/** @param isKept also what never comes to a start though lengths are known: whatever the planner says keeps it */
function isOf({ how }: Played, isKept: boolean): Foreseen['is'] {
  if (how.is === 'running') return 'running';
  if (isKept) return 'kept';
  return how.is === 'parent' ? 'with-subtasks' : 'to-run';
}

function keptBy({ task, how, standing }: Played, keeper: (taskId: number) => Foreseen['keptBy']) {
  const [first] = standing.reasons;
  if (how.is === 'kept') return how.by === first ? null : { taskId: task.id, reason: how.by };
  const found = first?.why === 'blocked' ? keeper(task.id) : null;
  return found?.taskId === task.id ? null : found;
}

/** What keeps the task at the end of a chain of blockers. */
function keeperOf(taskId: number, standings: ReadonlyMap<number, Standing>): Foreseen['keptBy'] {
  const reason = standings.get(taskId)?.reasons[0];
  return reason === undefined ? null : { taskId, reason };
}

/** Null where less than half of the draws come to it. */
export function spanOf(draws: readonly number[]): Span | null {
  const sorted = Float64Array.from(draws).sort();
  const at = (part: number) => sorted[Math.ceil(sorted.length * part) - 1] ?? Number.POSITIVE_INFINITY;
  const [p50Ms, p90Ms] = [at(0.5), at(0.9)];
  if (!(p50Ms < Number.POSITIVE_INFINITY) || p50Ms === 0) return null;
  return { p50Ms, p90Ms: p90Ms < Number.POSITIVE_INFINITY ? p90Ms : null };
}

function mostFrequent(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  let best: string | undefined;
  for (const name of names) {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (best === undefined || count > (counts.get(best) ?? 0)) best = name;
  }
  return best;
}

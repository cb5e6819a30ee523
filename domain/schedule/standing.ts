import { groupedBy } from '../grouped.ts';
import type { KnownOccurrence, NotLetIn, WaitsFor } from './entry.ts';

/** How one in line stands. */
export type Standing =
  | { stands: 'may-enter' }
  /** `cancels`: those that its overlap policy wants stopped first. */
  | { stands: 'waits'; waits: WaitsFor; cancels?: KnownOccurrence[] }
  | { stands: 'left-out'; because: NotLetIn };

/**
 * How each one in line stands, by workflow id. Those that wait for an earlier one of their schedule hold no place in the line
 * for a limit, so that the earlier one is never behind them: nobody waits in a circle.
 *
 * @param known in the order in which they asked first
 */
export function standings(known: readonly KnownOccurrence[]): Map<string, Standing> {
  const found = new Map<string, Standing>();
  for (const ofOne of groupedBy(known, ({ schedule }) => schedule).values())
    for (const [id, standing] of overlaps(ofOne)) found.set(id, standing);
  const line = known.filter((each) => each.enteredMs === undefined && !found.has(each.workflowId));
  const places = new Places(known.filter(isIn));
  for (const each of line.sort(byRank)) found.set(each.workflowId, places.standingOf(each));
  return found;
}

/** Of one schedule, those that do not get on since an earlier one is not over. */
function overlaps(known: readonly KnownOccurrence[]): Map<string, Standing> {
  const found = new Map<string, Standing>();
  known.forEach((each, at) => {
    if (isIn(each) || each.overlap === 'allow') return;
    // One that is left out is in nobody's way.
    const before = known.filter(
      (other, otherAt) =>
        other !== each && (isIn(other) || otherAt < at) && found.get(other.workflowId)?.stands !== 'left-out',
    );
    const [first] = before;
    if (first !== undefined) found.set(each.workflowId, behind(each, before, first, known.slice(at + 1)));
  });
  return found;
}

function behind(
  { overlap }: KnownOccurrence,
  before: KnownOccurrence[],
  first: KnownOccurrence,
  later: readonly KnownOccurrence[],
): Standing {
  const waits: WaitsFor = { for: 'overlap', with: idsOf(before) };
  switch (overlap) {
    case 'skip': {
      const sinceMs = first.enteredMs ?? first.plannedMs;
      return { stands: 'left-out', because: { why: 'overlap', with: first.workflowId, sinceMs } };
    }
    case 'buffer': {
      const newer = later.findLast((other) => !isIn(other) && other.overlap === 'buffer');
      if (newer === undefined) return { stands: 'waits', waits };
      return { stands: 'left-out', because: { why: 'replaced', by: newer.workflowId } };
    }
    case 'cancel':
      return { stands: 'waits', waits, cancels: before };
    case 'allow':
      return { stands: 'may-enter' };
  }
}

interface Limit {
  /** What is limited. */
  what: string;
  limit: number;
  waits(ids: string[]): WaitsFor;
}

/** Who has a place, or keeps one, as the line is walked from the best on. */
class Places {
  /** By what is limited: who works, and who of those in line comes before. */
  readonly #taken = new Map<string, string[]>();
  /** By what is limited: who waits for it, so that no worse one takes what becomes free. */
  readonly #claimed = new Map<string, string[]>();

  constructor(entered: readonly KnownOccurrence[]) {
    for (const each of entered) {
      put(this.#taken, ALL, each);
      put(this.#taken, keyOf(each), each);
    }
  }

  standingOf(it: KnownOccurrence): Standing {
    const inTheWay = ({ what }: Limit) => [
      ...(this.#taken.get(what) ?? []),
      ...(this.#claimed.get(what) ?? []),
    ];
    const full = limitsOf(it).filter(
      ({ what, limit }) => (this.#taken.get(what)?.length ?? 0) >= limit || this.#claimed.has(what),
    );
    for (const { what } of full) put(this.#claimed, what, it);
    // One that waits for its job key takes no place of all: whom that is free for may have it. One that waits for a place of
    // all keeps that of its job key, else a worse one without a limit over all could take it again and again.
    if (!full.some(({ what }) => what !== ALL)) put(this.#taken, keyOf(it), it);
    if (full.length === 0) put(this.#taken, ALL, it);
    const [first] = full;
    return first === undefined
      ? { stands: 'may-enter' }
      : { stands: 'waits', waits: first.waits(inTheWay(first).filter((id) => id !== it.workflowId)) };
  }
}

/** No job key is that, since it is no name. */
const ALL = '*';
const keyOf = ({ jobKey }: KnownOccurrence) => `key ${jobKey}`;

function limitsOf(it: KnownOccurrence): Limit[] {
  const { jobKey, maxPerJob, maxGlobal } = it;
  const limits: Limit[] = [];
  if (maxPerJob !== null)
    limits.push({
      ...{ what: keyOf(it), limit: maxPerJob },
      waits: (ids) => ({ for: 'job-key', jobKey, limit: maxPerJob, with: ids }),
    });
  if (maxGlobal !== null)
    limits.push({
      ...{ what: ALL, limit: maxGlobal },
      waits: (ids) => ({ for: 'all-schedules', limit: maxGlobal, with: ids }),
    });
  return limits;
}

/** The more urgent first, then the one whose time was earlier. */
function byRank(a: KnownOccurrence, b: KnownOccurrence): number {
  return b.priority - a.priority || a.plannedMs - b.plannedMs || (a.workflowId < b.workflowId ? -1 : 1);
}

function isIn({ enteredMs }: KnownOccurrence): boolean {
  return enteredMs !== undefined;
}

function idsOf(all: readonly KnownOccurrence[]): string[] {
  return all.map(({ workflowId }) => workflowId);
}

function put(into: Map<string, string[]>, what: string, { workflowId }: KnownOccurrence): void {
  const there = into.get(what);
  if (there === undefined) into.set(what, [workflowId]);
  else there.push(workflowId);
}

import type { Schedule } from '../../api/shapes.ts';

export const ONLY = ['all', 'troubled', 'active', 'paused', 'finished'] as const;
export type Only = (typeof ONLY)[number];
export const ORDERS = ['next', 'name'] as const;
export type Order = (typeof ORDERS)[number];

/** Which schedules are listed, and in which order; those in trouble come first anyhow. */
export interface Listing {
  only: Only;
  order: Order;
  /** Words, all of which are somewhere in its name, timing or work. */
  find: string;
}

/** What an address says; what it does not say well is as if it did not. */
export function readListing(query: ReadonlyMap<string, string>): Listing {
  const [only, order] = [query.get('only'), query.get('order')];
  return {
    only: ONLY.find((each) => each === only) ?? 'all',
    order: ORDERS.find((each) => each === order) ?? 'next',
    find: query.get('find') ?? '',
  };
}

export function isTroubled({ problems, bad_in_a_row: bad }: Schedule): boolean {
  return problems.length > 0 || bad > 0;
}

export function listed(all: readonly Schedule[], { only, order, find }: Listing): Schedule[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = all.filter(
    (each) => isAskedFor(each, only) && words.every((word) => textOf(each).includes(word)),
  );
  return shown.sort((a, b) => troubleRank(a) - troubleRank(b) || inOrder(a, b, order));
}

export function countsOf(all: readonly Schedule[]): Readonly<Record<Only, number>> {
  return Object.fromEntries(
    ONLY.map((only) => [only, all.filter((each) => isAskedFor(each, only)).length]),
  ) as Record<Only, number>;
}

function isAskedFor(schedule: Schedule, only: Only): boolean {
  if (only === 'all') return true;
  return only === 'troubled' ? isTroubled(schedule) : schedule.state === only;
}

/** What a person should look at, then what ended badly last, then all else. */
function troubleRank({ problems, bad_in_a_row: bad }: Schedule): number {
  if (problems.length > 0) return 0;
  return bad > 0 ? 1 : 2;
}

function inOrder(a: Schedule, b: Schedule, order: Order): number {
  const byName = a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  if (order === 'name') return byName;
  const [next, other] = [nextOf(a), nextOf(b)];
  return next < other ? -1 : next > other ? 1 : byName;
}

/** Times in UTC in one form are in order as texts. What does not come comes last. */
function nextOf({ next_run_at: next }: Schedule): string {
  return next ?? 'never';
}

function textOf({ name, when, state, definition, pause }: Schedule): string {
  const texts = Object.values(definition).flat();
  return [name, when, state, pause?.note, pause?.by, ...texts].join(' ').toLowerCase();
}

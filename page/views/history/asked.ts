import type { Range, Words } from './range.ts';

/** Filters of an address that the API takes by the same names. */
const FILTERS = ['agent', 'pool', 'recipe', 'verdict', 'came_to'] as const;
export type Filter = (typeof FILTERS)[number];

export const ROWS = ['recipe', 'agent', 'pool'] as const;
export type Rows = (typeof ROWS)[number];

export function rowsOf(words: Words): Rows {
  return ROWS.find((each) => each === words.get('rows')) ?? 'recipe';
}

/** Of what is set. */
export function filtersOf(words: Words): Partial<Record<Filter, string>> {
  return Object.fromEntries(FILTERS.flatMap((name) => (words.get(name) ? [[name, words.get(name)]] : [])));
}

/** A path of the API, with the filters of the address. */
export function pathFor(
  path: '/api/history' | '/api/runs',
  { sinceMs, untilMs }: Pick<Range, 'sinceMs' | 'untilMs'>,
  words: Words,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({
    since: new Date(sinceMs).toISOString(),
    ...(untilMs !== null && { until: new Date(untilMs).toISOString() }),
    ...filtersOf(words),
    ...more,
  });
  return `${path}?${query}`;
}

import type { History } from '../../api/shapes.ts';
import { sayMany, saySeconds } from './say.ts';

/** How a row of figures is drawn: inks are classes of history.css, and each differs by more than its colour. */
export type Ink = 'failed' | 'completed' | 'other' | 'unknown' | 'usual' | 'most' | 'plain';

export interface Column {
  label: string;
  /** Null: not known. */
  values: (number | null)[];
  /** Null: it is in the table only. */
  ink: Ink | null;
}

/** What a chart and the table beside it show. */
export interface Figure {
  title: string;
  /** `stacked`: bars, the first column at the bottom; `lines`: one line each. */
  kind: 'stacked' | 'lines';
  unit: 'runs' | 'seconds' | 'tokens';
  say: (value: number | null) => string;
  /** Of each hour or day, in short and in full. */
  times: { label: string; full: string }[];
  columns: Column[];
}

type Group = History['groups'][number];

/** The charts of a history by hours or days. */
export function figuresOf({ groups }: Pick<History, 'groups'>): Figure[] {
  const times = groups.map(timeOf);
  const of = (value: (group: Group) => number | null) => groups.map(value);
  const spread = (title: string, which: 'working_sec' | 'waiting_sec'): Figure => ({
    ...{ title, kind: 'lines', unit: 'seconds', say: saySeconds, times },
    columns: [
      { label: 'half at most', values: of((group) => group[which]?.p50 ?? null), ink: 'usual' },
      { label: 'nine of ten at most', values: of((group) => group[which]?.p90 ?? null), ink: 'most' },
      { label: 'runs', values: of((group) => group[which]?.of ?? 0), ink: null },
    ],
  });
  return [
    {
      ...{ title: 'Runs that ended', kind: 'stacked', unit: 'runs', say: String, times },
      columns: (['failed', 'completed', 'other', 'unknown'] as const).map((ink) => ({
        ...{ label: CAME_TO[ink], ink, values: of((group) => group.came_to[ink]) },
      })),
    },
    spread('How long goose worked', 'working_sec'),
    spread('How long runs waited to start', 'waiting_sec'),
    {
      ...{ title: 'Tokens', kind: 'stacked', unit: 'tokens', say: sayMany, times },
      columns: [
        { label: 'tokens that are known', values: of(({ tokens }) => tokens), ink: 'plain' },
        {
          label: 'attempts whose tokens are not known',
          values: of((group) => group.attempts_with_unknown_tokens),
          ink: null,
        },
      ],
    },
  ];
}

export const CAME_TO = {
  failed: 'badly',
  completed: 'complete',
  other: 'not complete',
  unknown: 'not known',
} as const;

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', timeZone: 'UTC' });

/** Of `2026-11-26` or `2026-11-26T18:00+01:00`. */
function timeOf({ key, is_whole: isWhole }: Group): Figure['times'][number] {
  const [date = '', clock] = (key ?? '').split('T');
  const day = DAY.format(Date.parse(date));
  const part = isWhole === false ? ' (a part)' : '';
  return clock === undefined
    ? { label: day, full: `${day}${part}` }
    : { label: clock.slice(0, 5), full: `${day}, ${clock.slice(0, 5)}${part}` };
}

/** One hour or day in words: `Thu 26, 18:00: 3 badly, 12 complete`. */
export function sayAt({ times, columns, say }: Figure, at: number): string {
  const told = columns.flatMap(({ label, values, ink }) => {
    const value = values[at] ?? null;
    return value === 0 || (value === null && ink === null)
      ? []
      : `${label}: ${ink === null ? value : say(value)}`;
  });
  return `${times[at]?.full ?? ''} – ${told.join(', ') || 'none'}`;
}

/** The whole of it, for who cannot see the chart. */
export function sayFigure(figure: Figure): string {
  const [first] = figure.times;
  const last = figure.times.at(-1);
  return `Chart: ${figure.title}, ${first?.full} to ${last?.full}. The table beside it has the figures.`;
}

/** Heights of stacked bars: each column on those before it. What is not known has none. */
export function stackedOf(columns: readonly Column[]): (number | null)[][] {
  const heights = (columns[0]?.values ?? []).map(() => 0);
  return columns.map(({ values }) =>
    values.map((value, at) => {
      heights[at] = (heights[at] ?? 0) + (value ?? 0);
      return value === null ? null : (heights[at] ?? 0);
    }),
  );
}

import type { Judged } from './goal.ts';

/** What the figures are about, and their keys, in the order in which they are shown. */
export const THEMES = {
  cost: {
    title: 'Cost',
    keys: [
      'turnaround_ms',
      'agent_share',
      'empty_tasks_per_s',
      'bare_children_per_s',
      'cpu_ms_per_task',
      'rss_mb',
      'pss_mb',
      'per_task',
      'idle_hour',
      'idle_start',
      'trace',
      'steps',
    ],
  },
  scale: { title: 'Scale', keys: ['pass_10k', 'many_tasks', 'scale'] },
  surfaces: {
    title: 'Surfaces',
    keys: ['short_commands', 'state_ms', 'events_100', 'page', 'schedules_10k', 'past_runs'],
  },
  start: { title: 'Start', keys: ['dispatch_ms', 'first_start_s'] },
  recovery: { title: 'Recovery', keys: ['recovery_s', 'orphans_gone_s'] },
} as const satisfies Record<string, { title: string; keys: readonly string[] }>;

export type Theme = keyof typeof THEMES;
export type Key = (typeof THEMES)[Theme]['keys'][number];

export const THEME_NAMES = Object.keys(THEMES) as Theme[];

/** The keys of `npm run bench -- --json`, in the order in which they are shown. */
export const KEYS: readonly Key[] = THEME_NAMES.flatMap((theme) => keysOf(theme));

export function keysOf(theme: Theme): readonly Key[] {
  return THEMES[theme].keys;
}

export interface Figure extends Judged {
  key: Key;
  /** The field of the key's object, where it has several. */
  part?: string;
  /** What it says, for people. */
  what: string;
  unit: string;
  /** How it was come by, where that is not obvious. */
  note?: string;
}

/** A table of its own, of what is looked at step by step. */
export interface Section {
  key: Key;
  title: string;
  /** How it was come by: sentences. */
  about: string;
  head: string[];
  rows: string[][];
}

/** A key whose measurement failed. */
export interface Unmeasured {
  key: Key;
  why: string;
}

export interface Result {
  figures: Figure[];
  sections?: Section[];
  /** Further things worth saying, as lines. */
  lines?: string[];
}

export interface Measurement {
  keys: Key[];
  /** `quick`: small numbers, to see that everything works. */
  measure(root: string, quick: boolean): Promise<Result>;
}

/** All that one run of the bench has come to. */
export interface Findings {
  figures: Figure[];
  sections: Section[];
  unmeasured: Unmeasured[];
}

/** One object with the keys, as `--json` prints it. */
export function asObject({ figures, unmeasured }: Findings): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const key of KEYS) {
    const own = figures.filter((figure) => figure.key === key);
    const single = own.find(({ part }) => part === undefined);
    const failed = unmeasured.find((each) => each.key === key);
    if (single !== undefined) object[key] = single.value;
    else if (own.length > 0) object[key] = Object.fromEntries(own.map(({ part, value }) => [part, value]));
    else if (failed !== undefined) object[key] = { notMeasured: failed.why };
  }
  return object;
}

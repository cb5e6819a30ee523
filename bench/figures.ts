/** The keys of `npm run bench -- --json`, in the order in which they are shown. */
export const KEYS = [
  'turnaround_ms',
  'agent_share',
  'dispatch_ms',
  'pass_10k',
  'empty_tasks_per_s',
  'bare_children_per_s',
  'recovery_s',
  'orphans_gone_s',
  'rss_mb',
  'per_task',
  'idle_hour',
  'scale',
] as const;

export type Key = (typeof KEYS)[number];

export interface Figure {
  key: Key;
  /** The field of the key's object, where it has several. */
  part?: string;
  /** What it says, for people. */
  what: string;
  /** Null: it did not come about while it was waited for. */
  value: number | null;
  unit: string;
  goal?: { atMost: number } | { atLeast: number };
  /** The same of the bare minimum, on the same server; undefined where there is nothing to compare with. */
  bare?: number | undefined;
  /** How it was come by, where that is not obvious. */
  note?: string;
}

export interface Result {
  figures: Figure[];
  /** Further things worth saying, as lines. */
  lines?: string[];
}

export interface Measurement {
  keys: Key[];
  /** `quick`: small numbers, to see that everything works. */
  measure(root: string, quick: boolean): Promise<Result>;
}

/** One object with the keys, as `--json` prints it. */
export function asObject(figures: readonly Figure[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const key of KEYS) {
    const own = figures.filter((figure) => figure.key === key);
    const single = own.find(({ part }) => part === undefined);
    if (single !== undefined) object[key] = single.value;
    else if (own.length > 0) object[key] = Object.fromEntries(own.map(({ part, value }) => [part, value]));
  }
  return object;
}

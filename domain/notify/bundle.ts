import type { ConditionFacts, ConditionKind } from './condition.ts';
import { type NotDelivered, pauseAfterTries } from './patience.ts';

/** That something is so, or is over. */
export interface Line {
  key: string;
  state: 'firing' | 'recovered';
  /** When it was found; milliseconds since the epoch, as is `sinceMs`. */
  atMs: number;
  sinceMs: number;
  facts: ConditionFacts;
}

/** What goes out as one message: one line, or many of which the first are named. */
export interface Bundle {
  /** By which the receiver tells repeats apart. */
  id: string;
  /** When its newest line was found, in milliseconds since the epoch. */
  atMs: number;
  /** The oldest first, at most `LINES_NAMED`. */
  lines: Line[];
  /** Those that have no place among the lines, at most `KEYS_NAMED`. */
  also: Pick<Line, 'key' | 'state'>[];
  count: number;
  kinds: Partial<Record<ConditionKind, number>>;
  recovered: number;
  /** The outbox was full, so that it was made before anybody tried to send it. */
  overflow?: true;
  /** So many of them were over before they could be told. */
  over?: number;
  /** The receiver does not like this one, as often in a row, since and until then; others go meanwhile. */
  refused?: Failing;
}

/** Of tries in a row. Times in milliseconds since the epoch; `nextMs`: of the next one. */
export interface Failing {
  tries: number;
  sinceMs: number;
  nextMs: number;
  problem: NotDelivered;
}

export const LINES_NAMED = 10;
export const KEYS_NAMED = 100;

export function bundleOf(line: Line, id: string): Bundle {
  return {
    ...{ id, atMs: line.atMs, lines: [line], also: [], count: 1 },
    ...{ kinds: { [line.facts.kind]: 1 }, recovered: line.state === 'recovered' ? 1 : 0 },
  };
}

/** All of them as one, in their order. Throws where there is none. */
export function merged(bundles: readonly Bundle[], id: string): Bundle {
  const lines = bundles.flatMap((bundle) => bundle.lines);
  const rest = lines.slice(LINES_NAMED).map(({ key, state }) => ({ key, state }));
  const also = [...rest, ...bundles.flatMap((bundle) => bundle.also)].slice(0, KEYS_NAMED);
  const kinds: Bundle['kinds'] = {};
  for (const bundle of bundles)
    for (const [kind, count] of Object.entries(bundle.kinds) as [ConditionKind, number][])
      kinds[kind] = (kinds[kind] ?? 0) + count;
  const sum = (of: (bundle: Bundle) => number) => bundles.reduce((total, bundle) => total + of(bundle), 0);
  const over = sum((bundle) => bundle.over ?? 0);
  return {
    id,
    atMs: Math.max(...bundles.map(({ atMs }) => atMs)),
    ...{ lines: lines.slice(0, LINES_NAMED), also, kinds },
    count: sum(({ count }) => count),
    recovered: sum(({ recovered }) => recovered),
    ...(over > 0 && { over }),
  };
}

/** After a further one. */
export function failedAgain(before: Failing | undefined, problem: NotDelivered, nowMs: number): Failing {
  const tries = (before?.tries ?? 0) + 1;
  const nextMs = nowMs + pauseAfterTries(tries, problem);
  return { tries, sinceMs: before?.sinceMs ?? nowMs, nextMs, problem };
}

/** Those that need not wait: they were not refused a moment ago, and none before them that waits names a condition of theirs. */
export function ready(bundles: readonly Bundle[], nowMs: number): Bundle[] {
  const waiting = new Set<string>();
  return bundles.filter((bundle) => {
    const keys = keysOf(bundle);
    if ((bundle.refused?.nextMs ?? 0) <= nowMs && !keys.some((key) => waiting.has(key))) return true;
    for (const key of keys) waiting.add(key);
    return false;
  });
}

/** Whether a condition is in both, as far as they name all of theirs. */
export function areAboutTheSame(one: Bundle, other: Bundle): boolean {
  if (!namesAll(one) || !namesAll(other)) return true;
  const keys = new Set(keysOf(one));
  return keysOf(other).some((key) => keys.has(key));
}

function keysOf({ lines, also }: Bundle): string[] {
  return [...lines, ...also].map(({ key }) => key);
}

function namesAll(bundle: Bundle): boolean {
  return bundle.count === keysOf(bundle).length;
}

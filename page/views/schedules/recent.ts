import { type Signal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../../api/call.ts';
import type { Recent, RecentOccurrence } from '../../api/shapes.ts';
import { held } from '../../live/hold.ts';

/** Newest first; null: nobody answers for it; undefined: it is being asked for. */
export type Told = readonly RecentOccurrence[] | null | undefined;

/** As many as an answer of the API has at most. */
const AT_ONCE = 50;
/** Rows that come into sight together are asked for together. */
const GATHER_MS = 60;
const EVERY_MS = 15_000;

const shown = new Map<string, number>();
const known = new Map<string, Signal<Told>>();
const due = new Set<string>();
let gathering: ReturnType<typeof setTimeout> | undefined;
let again: ReturnType<typeof setInterval> | undefined;

/**
 * What became of a schedule lately, for as long as its row is in sight: one request for all rows that are, not one for each.
 * @param mark another one when something has become of it
 */
export function useRecent(name: string, mark: string): Told {
  const told = toldOf(name);
  useEffect(() => {
    shown.set(name, (shown.get(name) ?? 0) + 1);
    want([name]);
    again ??= setInterval(() => want([...shown.keys()]), EVERY_MS);
    return () => {
      const left = (shown.get(name) ?? 1) - 1;
      if (left > 0) shown.set(name, left);
      else shown.delete(name);
      if (shown.size > 0) return;
      clearInterval(again);
      again = undefined;
    };
  }, [name, mark]);
  return told.value;
}

function toldOf(name: string): Signal<Told> {
  const there = known.get(name) ?? signal<Told>(undefined);
  known.set(name, there);
  return there;
}

function want(names: readonly string[]): void {
  if (document.hidden) return;
  for (const name of names) due.add(name);
  if (gathering === undefined) gathering = setTimeout(() => void gather(), GATHER_MS);
}

async function gather(): Promise<void> {
  // What was scrolled past meanwhile is not asked for.
  const names = [...due].filter((name) => shown.has(name));
  due.clear();
  for (let at = 0; at < names.length; at += AT_ONCE) await load(names.slice(at, at + AT_ONCE));
  gathering = undefined;
  if (due.size > 0) want([]);
}

async function load(names: readonly string[]): Promise<void> {
  try {
    const query = new URLSearchParams({ names: names.join(',') });
    const { schedules } = await ask<Recent>(`/api/occurrences/recent?${query}`);
    for (const { schedule, occurrences } of schedules) {
      const told = toldOf(schedule);
      // What was known stays where nobody answers for it now.
      if (told.peek() === undefined || (occurrences !== null && !held.peek())) told.value = occurrences;
    }
  } catch {
    // The list says why; what was known stays.
    for (const name of names) if (toldOf(name).peek() === undefined) toldOf(name).value = null;
  }
}

import { signal } from '@preact/signals';
import { ask, type Problem, problemOf } from '../../../api/call.ts';
import type { FoundInLog } from '../../../api/shapes.ts';

export interface SearchNow {
  text: string;
  /** Where each begins, in bytes. */
  matches: readonly number[];
  /** Which one is shown; -1: none. */
  at: number;
  isBusy: boolean;
  /** The log is looked through to here. */
  to: number;
  size: number | null;
  problem: Problem | undefined;
}

const NOTHING: SearchNow = {
  ...{ text: '', matches: [], at: -1, isBusy: false, to: 0, size: null, problem: undefined },
};

/** Whoever looks for a letter is content with fewer. */
const MOST_MATCHES = 20_000;

export type LogSearch = ReturnType<typeof openSearch>;

/** A search through the whole log of an attempt; the API looks, and tells the places. */
export function openSearch(taskId: number, attempt: number, show: (place: number) => void) {
  const now = signal<SearchNow>(NOTHING);
  let stop = new AbortController();

  /** @param isEnough asked after each answer; all is looked through where it never is */
  async function lookOn(isEnough: (matches: readonly number[]) => boolean): Promise<void> {
    const mine = stop.signal;
    const { text } = now.peek();
    now.value = { ...now.peek(), isBusy: true, problem: undefined };
    try {
      for (let isMore = true; isMore && !isEnough(now.peek().matches); ) {
        const words = new URLSearchParams({ attempt: `${attempt}`, text, from: `${now.peek().to}` });
        const found = await ask<FoundInLog>(`/api/tasks/${taskId}/log/find?${words}`, mine);
        if (mine.aborted) return;
        const { matches, to, size } = found;
        isMore = to < size && to > now.peek().to;
        now.value = { ...now.peek(), matches: [...now.peek().matches, ...matches], to, size };
      }
      now.value = { ...now.peek(), isBusy: false };
    } catch (error) {
      if (!mine.aborted) now.value = { ...now.peek(), isBusy: false, problem: problemOf(error) };
    }
  }

  function goTo(at: number): void {
    const place = now.peek().matches[at];
    if (place === undefined) return;
    now.value = { ...now.peek(), at };
    show(place);
  }

  return {
    now,
    /** @param from the first match from there is shown, in bytes */
    async begin(text: string, from: number): Promise<void> {
      stop.abort();
      stop = new AbortController();
      now.value = { ...NOTHING, text };
      if (text === '') return;
      await lookOn((matches) => (matches.at(-1) ?? -1) >= from || matches.length >= MOST_MATCHES);
      const next = now.peek().matches.findIndex((place) => place >= from);
      goTo(Math.max(0, next));
    },
    async next(): Promise<void> {
      const { at, matches, isBusy } = now.peek();
      if (now.peek().text === '' || isBusy) return;
      // What was not looked through yet, or was written since.
      if (at === matches.length - 1) await lookOn(({ length }) => length > matches.length);
      const { length } = now.peek().matches;
      if (length > 0) goTo((at + 1) % length);
    },
    previous(): void {
      const { at, matches } = now.peek();
      if (matches.length > 0) goTo((at - 1 + matches.length) % matches.length);
    },
    close: () => stop.abort(),
  };
}

/** `3 of 57`, `3 of more than 1,000`. */
export function sayFound({ text, matches, at, isBusy, to, size, problem }: SearchNow): string {
  if (text === '' || problem !== undefined) return '';
  const isAll = size !== null && to >= size;
  if (matches.length === 0) return isBusy || !isAll ? 'looking …' : 'not in this log';
  const count = matches.length.toLocaleString('en-GB');
  return `${(at + 1).toLocaleString('en-GB')} of ${isAll ? count : `more than ${count}`}`;
}

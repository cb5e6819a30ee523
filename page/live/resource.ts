import { type Signal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ask, type Problem, problemOf } from '../api/call.ts';
import { held, whenReleased } from './hold.ts';
import { changes } from './store.ts';

/** What was asked of the API; what failed leaves what was known before. */
export interface Resource<Answer> {
  /** Undefined: nothing is known yet. */
  answer: Answer | undefined;
  /** Why it could not be asked the last time; undefined: it could. */
  problem: Problem | undefined;
  /** When it was known, in milliseconds since the epoch. */
  atMs: number | null;
}

export interface Asking {
  /** Asked again at the latest after this. Default 15 s. */
  everyMs?: number;
  /** Asked again when something has changed, at most this often. Default 2 s; null: not. */
  onChangeMs?: number | null;
}

/** How a path is asked where one answer is not all of it, such as a list in pages. */
export type Read<Answer> = (path: string) => Promise<Answer>;

/**
 * An answer of the API that is kept fresh while it is shown, the page is seen and updates are not held. Another path is
 * another resource; null asks nothing.
 *
 * @returns a signal of it, and a way to ask at once, which resolves when that was answered
 */
export function useResource<Answer>(
  path: string | null,
  { everyMs = 15_000, onChangeMs = 2_000 }: Asking = {},
  read: Read<Answer> = ask,
): { now: Signal<Resource<Answer>>; again: () => Promise<void> } {
  const kept = useMemo(() => keep<Answer>(path, read), [path, read]);
  useEffect(() => kept.start({ everyMs, onChangeMs }), [kept, everyMs, onChangeMs]);
  return kept;
}

function keep<Answer>(path: string | null, read: Read<Answer>) {
  const now = signal<Resource<Answer>>({ answer: undefined, problem: undefined, atMs: null });
  let asked: Promise<void> | undefined;

  async function askOnce(): Promise<void> {
    if (path === null) return;
    try {
      const answer = await read(path);
      if (!held.peek() || now.peek().answer === undefined)
        now.value = { answer, problem: undefined, atMs: Date.now() };
    } catch (error) {
      now.value = { ...now.peek(), problem: problemOf(error) };
    }
  }

  /** One at a time; whoever asks meanwhile shares it. */
  function again(): Promise<void> {
    asked ??= askOnce().finally(() => {
      asked = undefined;
    });
    return asked;
  }

  function start({ everyMs, onChangeMs }: Required<Asking>): () => void {
    if (path === null) return () => undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // By a clock that is never set: else nothing would be asked until it has caught up.
    let dueMs = Number.POSITIVE_INFINITY;
    let askedMs = Number.NEGATIVE_INFINITY;
    let over = false;
    const within = (ms: number) => {
      if (over || performance.now() + ms >= dueMs) return;
      clearTimeout(timer);
      dueMs = performance.now() + ms;
      timer = setTimeout(look, ms);
    };
    const look = async () => {
      dueMs = Number.POSITIVE_INFINITY;
      if (!document.hidden && !held.peek()) {
        askedMs = performance.now();
        await again();
      }
      within(everyMs);
    };
    void look();
    const stops = [
      whenSeen(() => within(0)),
      whenReleased(() => within(0)),
      changes.subscribe(() => {
        if (onChangeMs !== null) within(Math.max(0, askedMs + onChangeMs - performance.now()));
      }),
    ];
    return () => {
      over = true;
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }

  return { now, again, start };
}

/** Called when the page is seen again. Returns how not to be called any more. */
function whenSeen(call: () => void): () => void {
  const look = () => {
    if (!document.hidden) call();
  };
  document.addEventListener('visibilitychange', look);
  return () => document.removeEventListener('visibilitychange', look);
}

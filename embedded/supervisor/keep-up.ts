import { setTimeout as sleep } from 'node:timers/promises';
import type { Piece } from '../servers/piece.ts';

export interface KeepUpOptions {
  /** For sentences: `The Temporal server`. */
  name: string;
  /** Absent: it is still to be started. */
  first?: Piece;
  /** Starts it again; resolves when it is of use. */
  again: () => Promise<Piece>;
  say: (line: string) => void;
  /** What else to tell about an end, such as the last lines of its log. */
  about?: () => string;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
/** One that has lived this long did not end because of how it was started. */
const WELL_AFTER_MS = 30_000;

/**
 * Starts a piece again whenever it ends, and says so: 0.5 s after its end, then after 1 s, 2 s … at most 10 s while it
 * keeps dying. Returns what ends that; the piece itself is left as it is.
 */
export function keepUp({ name, first, again, say, about = () => '' }: KeepUpOptions): () => void {
  const released = new AbortController();
  if (first === undefined) void restart(0);
  else void watch(first, FIRST_DELAY_MS);
  return () => released.abort();

  async function watch(piece: Piece, delayMs: number): Promise<void> {
    const since = performance.now();
    const how = await piece.ended;
    if (released.signal.aborted) return;
    const waitMs = performance.now() - since > WELL_AFTER_MS ? FIRST_DELAY_MS : delayMs;
    say(`${name} has ended (${how}); it is started again in ${waitMs / 1000} s.${about()}`);
    await restart(waitMs);
  }

  async function restart(waitMs: number): Promise<void> {
    await sleep(waitMs, undefined, { signal: released.signal }).catch(() => undefined);
    if (released.signal.aborted) return;
    const nextMs = Math.min(Math.max(waitMs * 2, FIRST_DELAY_MS), LONGEST_DELAY_MS);
    try {
      const piece = await again();
      if (released.signal.aborted) return;
      if (waitMs > 0) say(`${name} is up again.`);
      void watch(piece, nextMs);
    } catch (error) {
      if (released.signal.aborted) return;
      say(
        `${name} could not be started (${(error as Error).message}); next try in ${nextMs / 1000} s.${about()}`,
      );
      await restart(nextMs);
    }
  }
}

import type { Client } from '@temporalio/client';
import type { ClosedRun } from '../contract/attempts.ts';
import { endedRuns, type WhichEnded } from './ended-runs.ts';

/** About 1 kB each. */
const MOST_KEPT = 10_000;
/** A run that has ended is in the server's list after so long at the latest; a moment as a rule. */
const LAG_MS = 60_000;

/** The last of a cut list is not kept, and one more than was asked for tells that there are others. */
const BESIDE = 2;

type List = (which: WhichEnded) => Promise<{ runs: ClosedRun[]; more: boolean }>;

export interface KnownRuns {
  /** Newest first. */
  runs: ClosedRun[];
  /** There are others, which ended before. `in-time`: the next look finds more of them; `too-many`: none does. */
  more: 'no' | 'in-time' | 'too-many';
}

/**
 * The runs that have ended, as far back as somebody has asked. A run in the list never changes, so only what is new is listed
 * again: thousands take the server a second.
 */
export class KnownEnded {
  readonly #list: List;
  readonly #mostKept: number;
  /** Newest first: all that ended since `#fromMs`. */
  #runs: ClosedRun[] = [];
  #fromMs = Number.POSITIVE_INFINITY;
  /** When the newest were asked for, by a clock that never goes back. */
  #askedMs = performance.now();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(list: List, mostKept = MOST_KEPT) {
    this.#list = list;
    this.#mostKept = mostKept;
  }

  static of(client: Client): KnownEnded {
    return new KnownEnded((which) => endedRuns(client, which));
  }

  /** One at a time: who asks at the same time finds what the other has read. */
  within(asked: { sinceMs: number; untilMs?: number | undefined; most: number }): Promise<KnownRuns> {
    const mine = this.#turn.then(() => this.#within(asked));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #within({ sinceMs, untilMs = Number.POSITIVE_INFINITY, most }: Parameters<KnownEnded['within']>[0]) {
    const found = () =>
      this.#runs.filter(({ endedAtMs }) => endedAtMs >= sinceMs && endedAtMs < untilMs).slice(0, most + 1);
    await this.#readNew(untilMs, most);
    if (this.#fromMs > sinceMs && found().length <= most && this.#runs.length < this.#mostKept)
      await this.#readBack(sinceMs, most);
    const runs = found();
    const isMore = runs.length > most || this.#fromMs > sinceMs;
    const goesOn = runs.length <= most && this.#runs.length < this.#mostKept;
    return { runs: runs.slice(0, most), more: isMore ? (goesOn ? 'in-time' : 'too-many') : 'no' } as const;
  }

  async #readNew(untilMs: number, most: number): Promise<void> {
    const newest = this.#runs[0]?.endedAtMs ?? this.#fromMs;
    // By the server's clock, whatever ours says; but where that was set back, so was the server's on the same machine.
    const sinceMs = Math.min(newest, this.#askedAtMs()) - LAG_MS;
    if (newest === Number.POSITIVE_INFINITY || untilMs <= sinceMs) return;
    const { runs, more } = await this.#listNewest({ sinceMs: Math.max(0, sinceMs), most: most + BESIDE });
    // There is a gap between these and those before, which are read again.
    if (more) this.#forget();
    const fromMs = more ? beginOf(runs) : this.#fromMs;
    const known = new Set(this.#runs.map(({ runId }) => runId));
    const fresh = runs.filter(({ runId, endedAtMs }) => endedAtMs >= fromMs && !known.has(runId));
    this.#keep([...fresh, ...this.#runs], fromMs);
  }

  async #readBack(sinceMs: number, most: number): Promise<void> {
    const which = { sinceMs, most: most + BESIDE };
    const { runs, more } =
      this.#fromMs === Number.POSITIVE_INFINITY
        ? await this.#listNewest(which)
        : await this.#list({ ...which, untilMs: this.#fromMs });
    const fromMs = more ? beginOf(runs) : sinceMs;
    this.#keep([...this.#runs, ...runs.filter(({ endedAtMs }) => endedAtMs >= fromMs)], fromMs);
  }

  async #listNewest(which: WhichEnded): ReturnType<List> {
    const askedMs = performance.now();
    const listed = await this.#list(which);
    this.#askedMs = askedMs;
    return listed;
  }

  /** When the newest were asked for, as the clock has it now: what ended since then ended by that time or later. */
  #askedAtMs(): number {
    return Date.now() - (performance.now() - this.#askedMs);
  }

  #keep(runs: ClosedRun[], fromMs: number): void {
    const inOrder = runs.sort((a, b) => b.endedAtMs - a.endedAtMs || (a.runId < b.runId ? 1 : -1));
    this.#runs = inOrder.slice(0, this.#mostKept);
    this.#fromMs = inOrder.length > this.#mostKept ? beginOf(this.#runs) : fromMs;
  }

  #forget(): void {
    this.#runs = [];
    this.#fromMs = Number.POSITIVE_INFINITY;
  }
}

/** From when on a list that was cut is whole: others may have ended in the millisecond of its last. */
function beginOf(runs: readonly ClosedRun[]): number {
  const last = runs.at(-1);
  return last === undefined ? Number.POSITIVE_INFINITY : last.endedAtMs + 1;
}

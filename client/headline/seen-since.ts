import type { Condition } from '../../contract/headline.ts';

/** Two looks that are further apart do not tell when something began between them. */
const APART_MS = 60_000;

/**
 * Remembers since when conditions hold, for who looks again and again. Of what held at the first look nobody knows since when it
 * does.
 */
export class SeenSince {
  #since = new Map<Condition['what'], number | null>();
  #lookedMs: number | undefined;

  /** With one more look. Of each condition since when it holds, in milliseconds since the epoch; null: not known. */
  after(conditions: readonly Condition[], atMs: number): ReadonlyMap<Condition['what'], number | null> {
    const lookedMs = this.#lookedMs;
    // A look that was shared by others may come twice, or after a newer one.
    if (lookedMs !== undefined && atMs <= lookedMs) return this.#since;
    const isClose = lookedMs !== undefined && atMs - lookedMs <= APART_MS;
    const now = isClose ? atMs : null;
    const before = this.#since;
    this.#since = new Map(
      conditions.map(({ what }) => [what, before.has(what) ? (before.get(what) ?? null) : now]),
    );
    this.#lookedMs = atMs;
    return this.#since;
  }
}

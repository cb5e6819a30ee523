import type { Condition } from '../../contract/headline.ts';

/** Two looks that are further apart do not tell when something began between them. */
const APART_MS = 60_000;

const NOTHING: ReadonlyMap<Condition['what'], null> = new Map();

/**
 * Remembers since when conditions hold, for who looks again and again. Of what held at the first look nobody knows since when it
 * does.
 */
export class SeenSince {
  #since = new Map<Condition['what'], number | null>();
  #lookedMs: number | undefined;

  /** With one more look. Of each condition since when it holds, in milliseconds since the epoch; null: not known. */
  after(conditions: readonly Condition[], atMs: number): ReadonlyMap<Condition['what'], number | null> {
    const sinceLookMs = atMs - (this.#lookedMs ?? Number.NEGATIVE_INFINITY);
    const wasSetBack = sinceLookMs < -APART_MS;
    // A look that was shared by others may come twice, or after a newer one.
    if (sinceLookMs <= 0 && !wasSetBack) return this.#since;
    const now = sinceLookMs > 0 && sinceLookMs <= APART_MS ? atMs : null;
    // By a clock that was set back these times are still to come.
    const before = wasSetBack ? NOTHING : this.#since;
    this.#since = new Map(
      conditions.map(({ what }) => [what, before.has(what) ? (before.get(what) ?? null) : now]),
    );
    this.#lookedMs = atMs;
    return this.#since;
  }
}

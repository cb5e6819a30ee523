/** Who is counted is bounded; who was counted longest ago makes room. */
const MOST_KEPT = 10_000;

interface Credit {
  /** Each request costs some, and time gives it back. */
  leftMs: number;
  atMs: number;
}

/** How often each may: so many in a minute, evenly, and a quarter of them at once. */
export class Rate {
  readonly #costMs: number;
  readonly #mostMs: number;
  readonly #credits = new Map<string, Credit>();

  constructor(perMinute: number) {
    this.#costMs = 60_000 / perMinute;
    this.#mostMs = Math.max(1, Math.ceil(perMinute / 4)) * this.#costMs;
  }

  /**
   * Takes one; returns after how many milliseconds the next one is there, 0: it was.
   * @param nowMs of a clock that never goes back
   */
  take(who: string, nowMs: number): number {
    const before = this.#credits.get(who) ?? { leftMs: this.#mostMs, atMs: nowMs };
    const leftMs = Math.min(this.#mostMs, before.leftMs + nowMs - before.atMs);
    const isThere = leftMs >= this.#costMs;
    this.#keep(who, { leftMs: isThere ? leftMs - this.#costMs : leftMs, atMs: nowMs });
    return isThere ? 0 : Math.ceil(this.#costMs - leftMs);
  }

  #keep(who: string, credit: Credit): void {
    this.#credits.delete(who);
    this.#credits.set(who, credit);
    const [oldest] = this.#credits.keys();
    if (this.#credits.size > MOST_KEPT && oldest !== undefined) this.#credits.delete(oldest);
  }
}

/** Who is counted is bounded; who was counted longest ago makes room. */
const MOST_KEPT = 10_000;

interface Bucket {
  left: number;
  atMs: number;
}

/** How often each may: so many in a minute, evenly, and a quarter of them at once. */
export class Rate {
  readonly #perMs: number;
  readonly #most: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number) {
    this.#perMs = perMinute / 60_000;
    this.#most = Math.max(1, Math.ceil(perMinute / 4));
  }

  /** Takes one; returns after how many milliseconds the next one is there, 0: it was. `nowMs`: of a clock that never goes back. */
  take(who: string, nowMs: number): number {
    const before = this.#buckets.get(who) ?? { left: this.#most, atMs: nowMs };
    const left = Math.min(this.#most, before.left + (nowMs - before.atMs) * this.#perMs);
    const isThere = left >= 1;
    this.#keep(who, { left: isThere ? left - 1 : left, atMs: nowMs });
    return isThere ? 0 : Math.ceil((1 - left) / this.#perMs);
  }

  #keep(who: string, bucket: Bucket): void {
    this.#buckets.delete(who);
    this.#buckets.set(who, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST_KEPT && oldest !== undefined) this.#buckets.delete(oldest);
  }
}

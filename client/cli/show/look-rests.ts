const SHORTEST_MS = 1_000;
const LONGEST_MS = 8_000;
/** What happens together is looked at together. */
const AFTER_NEWS_MS = 250;
/** So many looks with nothing new may only mean that something is under way. */
const STILL_LOOKS = 3;

/**
 * How long whoever shows how things are rests between two looks: a second, and after some that had nothing new to show twice
 * as long each time. Where something happens it is looked soon, but once a second at most, however often that is.
 */
export class LookRests {
  #still = 0;
  #shown: string | undefined;
  /** When the last look began. */
  #beganMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs by the monotonic clock */
  begin(nowMs: number): void {
    this.#beganMs = nowMs;
  }

  /** @param shown all that a look came to, as text. Returns whether it is new. */
  looked(shown: string): boolean {
    const isNew = shown !== this.#shown;
    this.#still = isNew ? 0 : this.#still + 1;
    this.#shown = shown;
    return isNew;
  }

  /** Something has happened, or may have. Returns for how long it still rests. @param nowMs as above */
  news(nowMs: number): number {
    this.#still = 0;
    return Math.max(AFTER_NEWS_MS, this.#beganMs + SHORTEST_MS - nowMs);
  }

  /** @param isTold whether something ends the rest when there is news; else only the next look finds it */
  nextMs(isTold: boolean): number {
    if (!isTold) return SHORTEST_MS;
    return Math.min(SHORTEST_MS * 2 ** Math.max(0, this.#still - STILL_LOOKS), LONGEST_MS);
  }
}

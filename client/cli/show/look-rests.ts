const SHORTEST_MS = 1_000;
const LONGEST_MS = 8_000;
/** So many looks with nothing new may only mean that something is under way. */
const STILL_LOOKS = 3;

/**
 * How long whoever shows how things are rests between two looks: a second, and after some that had nothing new to show twice
 * as long each time.
 */
export class LookRests {
  #still = 0;
  #shown: string | undefined;

  /** @param shown all that a look came to, as text. Returns whether it is new. */
  looked(shown: string): boolean {
    const isNew = shown !== this.#shown;
    this.#still = isNew ? 0 : this.#still + 1;
    this.#shown = shown;
    return isNew;
  }

  /** Something has happened, or may have. */
  startAnew(): void {
    this.#still = 0;
  }

  /** @param isTold whether something ends the rest when there is news; else only the next look finds it */
  nextMs(isTold: boolean): number {
    if (!isTold) return SHORTEST_MS;
    return Math.min(SHORTEST_MS * 2 ** Math.max(0, this.#still - STILL_LOOKS), LONGEST_MS);
  }
}

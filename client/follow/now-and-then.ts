/** Schedules are many, and change seldom. */
export const SCHEDULES_MS = 10_000;

/** After a reading that took long there is a pause of so many times as long: the server has other work. */
const PAUSES = 4;

/** Reads something that is costly again and again, while somebody asks for it, and never twice at a time. */
export class NowAndThen<Answer> {
  readonly #read: () => Promise<Answer>;
  readonly #take: (answer: Answer) => void;
  readonly #everyMs: number;
  #dueMs = Number.NEGATIVE_INFINITY;
  #isReading = false;

  /** @param take gets what was read. What fails is tried again when it is due the next time. */
  constructor(read: () => Promise<Answer>, everyMs: number, take: (answer: Answer) => void) {
    this.#read = read;
    this.#everyMs = everyMs;
    this.#take = take;
  }

  /** Reads if it is time; does not wait for that. */
  touch(): void {
    const nowMs = performance.now();
    if (this.#isReading || nowMs < this.#dueMs) return;
    this.#isReading = true;
    // A read that throws at once fails like any other.
    Promise.resolve()
      .then(() => this.#read())
      .then(this.#take)
      .catch(() => undefined)
      .finally(() => {
        this.#isReading = false;
        const endedMs = performance.now();
        this.#dueMs = Math.max(nowMs + this.#everyMs, endedMs + PAUSES * (endedMs - nowMs));
      });
  }
}

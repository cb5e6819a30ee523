interface Taken<Answer> {
  look: Promise<Answer>;
  /** When it began, by a clock that never goes back. */
  beganMs: number;
}

/** One reading of the server and TinyTask for all who ask the same, however many they are. */
export class SharedRead<Answer> {
  readonly #read: () => Promise<Answer>;
  #underWay: Taken<Answer> | undefined;
  #next: Promise<Answer> | undefined;
  #last: { look: Answer; beganMs: number } | undefined;
  #outdatedMs = Number.NEGATIVE_INFINITY;

  constructor(read: () => Promise<Answer>) {
    this.#read = read;
  }

  /** A look that began at most so long ago; 0: not before this call. */
  async within(maxAgeMs: number): Promise<Answer> {
    const sinceMs = Math.max(performance.now() - maxAgeMs, this.#outdatedMs);
    if (this.#last !== undefined && this.#last.beganMs >= sinceMs) return this.#last.look;
    const { look, beganMs } = this.#underWay ?? this.#begin();
    if (beganMs >= sinceMs) return look;
    // All who come while an older one is under way wait for the same one after it.
    this.#next ??= look
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        this.#next = undefined;
        return this.#begin().look;
      });
    return this.#next;
  }

  /** Something was changed: whoever looks from now on sees it. */
  outdate(): void {
    this.#outdatedMs = performance.now();
  }

  #begin(): Taken<Answer> {
    const beganMs = performance.now();
    const look = this.#read();
    const taken = { look, beganMs };
    this.#underWay = taken;
    look.then(
      (seen) => {
        this.#last = { look: seen, beganMs };
        this.#underWay = undefined;
      },
      () => {
        this.#last = undefined;
        this.#underWay = undefined;
      },
    );
    return taken;
  }
}

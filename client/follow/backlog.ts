/** Something that was told. */
export interface Told {
  /** Of two, the later one has the larger. */
  number: number;
  /** What it takes of what is kept. */
  size: number;
}

/** What was told last, as much as is worth keeping for those who come back. */
export class Backlog<Each extends Told> {
  readonly #most: { events: number; size: number };
  #told: Each[] = [];
  #size = 0;

  constructor(most: { events: number; size: number }) {
    this.#most = most;
  }

  add(told: Each): void {
    this.#told.push(told);
    this.#size += told.size;
    while (this.#told.length > this.#most.events || this.#size > this.#most.size)
      this.#size -= this.#told.shift()?.size ?? 0;
  }

  /** All after that number; undefined: some of them are not kept any more. */
  after(number: number, last: number): Each[] | undefined {
    if (number > last) return undefined;
    // They follow each other without a gap.
    const kept = last - number;
    return kept > this.#told.length ? undefined : this.#told.slice(this.#told.length - kept);
  }

  clear(): void {
    this.#told = [];
    this.#size = 0;
  }
}

/** Lets only so many through at a time; the others wait, in the order in which they came. */
export class Gate {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async through<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (this.#inside < this.#most) this.#inside += 1;
    else await new Promise<void>((enter) => this.#waiting.push(enter));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Who comes next takes the place over.
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }
}

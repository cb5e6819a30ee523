const WAIT_MS = 3_000;

/** Holds lines back until the address of the page has been said, or a problem with it; not for long. */
export class AddressFirst {
  readonly #say: (line: string) => void;
  #held: string[] | undefined = [];

  constructor(say: (line: string) => void, isServed: boolean) {
    this.#say = say;
    if (isServed) setTimeout(() => this.release(), WAIT_MS).unref();
    else this.#held = undefined;
  }

  /** For every line but the address. */
  say(line: string): void {
    if (this.#held === undefined) this.#say(line);
    else this.#held.push(line);
  }

  /** Where the page is, or why it is not: what was held back follows. */
  first(line: string): void {
    this.#say(line);
    this.release();
  }

  /** Says what was held back, and holds nothing back from now on. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) this.#say(line);
  }
}

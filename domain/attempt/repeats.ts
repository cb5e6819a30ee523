/** Of the calls that a run has made, so many are remembered; one that was forgotten counts as new. */
const MOST_SEEN = 2_000;

/** Calls that goose could not read are one call, whatever each was to be: nothing comes of any. */
export const UNREADABLE = 'unreadable';

/** What a run does again and again: the same call, or calls that break off before goose can read them. */
export type Circle = 'same-call' | 'unreadable-calls';

/**
 * Finds a run that goes round in circles: it has made one call so often, and in between none that it had not made before.
 * So trying the same thing after each change of something else is no circle, and two calls in turn are one.
 */
export class Repeats {
  readonly #most: number;
  readonly #seen = new Set<string>();
  /** By call, how often since the last new one. */
  readonly #since = new Map<string, number>();
  #circle: Circle | undefined;

  /** @param most so often the same call is a circle; 0: nothing is */
  constructor(most: number) {
    this.#most = most;
  }

  /** @param call tells calls with other tools or arguments apart, or `UNREADABLE` */
  made(call: string): void {
    if (this.#most === 0 || this.#circle !== undefined) return;
    if (!this.#seen.has(call)) this.#isNew(call);
    const times = (this.#since.get(call) ?? 0) + 1;
    this.#since.set(call, times);
    if (times >= this.#most) this.#circle = call === UNREADABLE ? 'unreadable-calls' : 'same-call';
  }

  get circle(): Circle | undefined {
    return this.#circle;
  }

  #isNew(call: string): void {
    this.#since.clear();
    this.#seen.add(call);
    const [oldest] = this.#seen;
    if (this.#seen.size > MOST_SEEN && oldest !== undefined) this.#seen.delete(oldest);
  }
}

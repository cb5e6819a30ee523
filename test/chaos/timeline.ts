import { appendFileSync } from 'node:fs';

/** Appends to the one file in which the driver and the observer write what they do and see. */
export class Timeline {
  readonly path: string;
  readonly #who: string;
  readonly #zeroMs: number;

  /** `zeroMs`: when the run started, since 1970. */
  constructor(path: string, who: 'driver' | 'observer', zeroMs: number) {
    this.path = path;
    this.#who = who;
    this.#zeroMs = zeroMs;
  }

  write(text: string): string {
    const line = `${((Date.now() - this.#zeroMs) / 1000).toFixed(2).padStart(8)} ${this.#who.padEnd(8)} ${text}`;
    appendFileSync(this.path, `${line}\n`);
    return line;
  }
}

import type { TinyTask } from './client.ts';
import { TinyTaskError } from './errors.ts';

/**
 * Knows when tasks are to be read again: when TinyTask tells that something was written, and at any time where it does not
 * tell such things.
 */
export class TaskNews {
  readonly #tinytask: Pick<TinyTask, 'changes'>;
  #tells = true;
  #mark: string | undefined;
  #isDue = true;
  #isListening = false;
  /** It has hung when it was asked last, so that reading would take as long again. */
  #hung: Error | undefined;
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(tinytask: Pick<TinyTask, 'changes'>) {
    this.#tinytask = tinytask;
  }

  /** Whether tasks may be others than when they were last read. */
  get isDue(): boolean {
    return this.#isDue || !this.#tells;
  }

  /** To be called before tasks are read: what is written from now on is news. @throws TinyTaskError */
  async aboutToRead(): Promise<void> {
    if (!this.#tells) return;
    const hung = this.#hung;
    this.#hung = undefined;
    if (hung) throw hung;
    if (this.#mark === undefined) await this.#ask();
    this.#isDue = false;
    if (!this.#isListening) void this.#listen();
  }

  /** They could not be read. */
  notRead(): void {
    this.#isDue = true;
  }

  /** Resolves when they are to be read. One at a time. */
  async next(): Promise<void> {
    if (this.#isDue || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }

  async #listen(): Promise<void> {
    this.#isListening = true;
    while (!this.#isDue && !this.#isClosed && this.#tells) {
      const before = this.#mark;
      try {
        await this.#ask();
      } catch (error) {
        // It may be another TinyTask afterwards. What else is wrong with it, reading tells.
        this.#mark = undefined;
        if (error instanceof TinyTaskError && error.kind === 'timeout') this.#hung = error;
      }
      if (this.#mark !== before) this.#isDue = true;
    }
    this.#isListening = false;
    this.#wake?.();
  }

  async #ask(): Promise<void> {
    this.#mark = await this.#tinytask.changes(this.#mark);
    this.#tells = this.#mark !== undefined;
  }
}

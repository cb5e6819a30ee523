import { randomBytes } from 'node:crypto';

/** Another process may write to the same file, of which only the file itself tells. */
const OTHERS_LOOK_MS = 1_000;

/**
 * That something was written to a database, for those who wait for it in place of reading again and again. A mark names one
 * state of the database; after a restart all marks are others.
 */
export class Changes {
  readonly #dataVersion: () => unknown;
  /** Names this opening of the database: after a restart it is another one. */
  readonly opening = randomBytes(6).toString('hex');
  readonly #waiting = new Set<() => void>();
  /** While somebody waits. */
  #others: NodeJS.Timeout | undefined;
  #count = 0;
  #version: unknown;

  /** @param dataVersion differs after another process has written */
  constructor(dataVersion: () => unknown) {
    this.#dataVersion = dataVersion;
    this.#version = dataVersion();
  }

  get mark(): string {
    return `${this.opening}-${this.#count}`;
  }

  /** Something was written, or may have been. Those who wait learn it when the call that wrote is over. */
  note(): void {
    this.#count += 1;
    for (const wake of this.#waiting) setImmediate(wake);
  }

  /** Returns the mark of now when it is another one than `since`, or when `withinMs` is over or `gone` is aborted. */
  async after(since: string | null, withinMs: number, gone: AbortSignal): Promise<string> {
    this.#lookForOthers();
    if (since !== this.mark || gone.aborted) return this.mark;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => wake(), withinMs);
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        if (this.#waiting.size === 0) this.#others = void clearInterval(this.#others);
        gone.removeEventListener('abort', wake);
        resolve();
      };
      gone.addEventListener('abort', wake);
      this.#waiting.add(wake);
      this.#others ??= setInterval(() => this.#lookForOthers(), OTHERS_LOOK_MS);
    });
    return this.mark;
  }

  /** Whoever waits is answered now. */
  endWaiting(): void {
    for (const wake of this.#waiting) wake();
  }

  #lookForOthers(): void {
    try {
      const version = this.#dataVersion();
      if (version === this.#version) return;
      this.#version = version;
    } catch {
      // Whoever reads is told what is wrong with it.
    }
    this.note();
  }
}

import type { ToldBytes } from './told.ts';

/** What waits for a client that does not read. */
const MOST_WAITING_BYTES = 1_048_576;

/** One client of the events. What it has not read waits here, up to a bound: beyond it the client is dropped. */
export class Listener {
  readonly stream: ReadableStream<Uint8Array>;
  /** The last event that it was given; undefined: none yet. */
  last: number | undefined;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #wake: (() => void) | undefined;
  #isOver = false;
  #hasFirstWord = false;
  readonly #onEnd: () => void;

  /** @param last the event that it had before it came; undefined: it begins */
  constructor(last: number | undefined, onEnd: () => void) {
    this.last = last;
    this.#onEnd = onEnd;
    this.stream = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          while (this.#waiting.length === 0 && !this.#isOver)
            await new Promise<void>((wake) => {
              this.#wake = wake;
            });
          const next = this.#waiting.shift();
          if (next === undefined) {
            controller.close();
            return;
          }
          this.#bytes -= next.length;
          controller.enqueue(next);
        },
        cancel: () => this.end(),
      },
      { highWaterMark: 0 },
    );
  }

  give(told: ToldBytes): void {
    this.last = told.number;
    this.send(told.bytes);
  }

  /** Before it is given anything: a first word, said once. */
  giveOnce(told: ToldBytes): void {
    if (!this.#hasFirstWord) this.send(told.bytes);
    this.#hasFirstWord = true;
  }

  send(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_WAITING_BYTES) this.end();
    this.#wake?.();
  }

  /** It may come back with the id of what it has read last. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    this.#bytes = 0;
    this.#wake?.();
    this.#onEnd();
  }
}

import type { ToldBytes } from './told.ts';

/** Beyond so much that waits, nothing is added before the client has read it. One piece alone, a snapshot, may be larger. */
const MOST_WAITING_BYTES = 1_048_576;

/** One client of the events. What it has not read waits here, up to a bound; what comes then it gets when it has read that. */
export class Listener {
  readonly stream: ReadableStream<Uint8Array>;
  /** The last event that it was given; undefined: none yet. */
  last: number | undefined;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #wake: (() => void) | undefined;
  #isOver = false;
  #hasFirstWord = false;
  /** So many are in a snapshot for it; undefined: as usual. */
  readonly tasks: number | undefined;
  readonly #on: { read: () => unknown; end: () => void };

  /**
   * @param last the event that it had before it came; undefined: it begins
   * @param on `read`: it has read all that it was given
   */
  constructor(
    last: number | undefined,
    on: { read: () => unknown; end: () => void },
    tasks: number | undefined = undefined,
  ) {
    this.last = last;
    this.tasks = tasks;
    this.#on = on;
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
          if (this.#waiting.length === 0) this.#on.read();
        },
        cancel: () => this.end(),
      },
      { highWaterMark: 0 },
    );
  }

  get hasRoom(): boolean {
    return this.#bytes <= MOST_WAITING_BYTES;
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
    this.#wake?.();
  }

  /** It may come back with the id of what it has read last. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    this.#bytes = 0;
    this.#wake?.();
    this.#on.end();
  }
}

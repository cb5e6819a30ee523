import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Goose } from '../start/start.ts';

const LARGEST_ANSWER_BYTES = 2 * 1024 * 1024;
/** What a dead process wrote is read in no time; a pipe that stays open longer is held by somebody else. */
const DRAIN_MS = 2_000;
/** Pauses before looks at who belongs to it: who leaves does so early. */
const LOOKS_MS = [0, 10, 40, 160];

/** goose did not answer. The message is a clause of our own. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(
    why: string,
    /** What goose says itself, which follows its `Error: `. */
    readonly foreign?: string,
  ) {
    super(why);
  }
}

/** What a goose prints that is asked something. */
export class Answer {
  readonly #goose: Goose;
  readonly #stdout: Promise<string>;
  readonly #stderr: Promise<string>;
  readonly #overflow = new AbortController();
  #isLate = false;

  /** Starts reading. */
  constructor(goose: Goose) {
    this.#goose = goose;
    this.#stdout = this.#read(goose.stdout);
    this.#stderr = this.#read(goose.stderr);
  }

  /** Resolves when goose has ended, has said too much, or has taken longer than `limitMs`. `look` is called early on. */
  async orSince(limitMs: number, look?: () => Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const overflow = new Promise<void>((resolve) => {
      this.#overflow.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const late = sleep(limitMs, true, { signal: over.signal }).catch(() => false);
    if (look !== undefined) void lookEarly(look, over.signal);
    await Promise.race([this.#goose.ended, overflow, late]);
    this.#isLate = !this.#goose.hasEnded && !this.#overflow.signal.aborted;
    over.abort();
  }

  /** Waits until all was read, but not for a pipe that somebody outside holds open. */
  async drained(): Promise<void> {
    const { stdout, stderr, ended } = this.#goose;
    const timer = setTimeout(() => {
      stdout.destroy();
      stderr.destroy();
    }, DRAIN_MS);
    await Promise.all([this.#stdout, this.#stderr, ended]);
    clearTimeout(timer);
  }

  /** All that goose has printed. Throws NoAnswer where that is none. */
  async whole(): Promise<string> {
    const { exitCode, signal } = this.#goose;
    if (this.#overflow.signal.aborted) {
      throw new NoAnswer(`its answer is larger than ${LARGEST_ANSWER_BYTES} bytes`);
    }
    // Ours, or the kernel's when the processor time is used up.
    if (this.#isLate || signal !== null) throw new NoAnswer('it had not answered when its time was over');
    if (exitCode === 0) return await this.#stdout;
    const paragraph = (await this.#stderr).split('\n\n').find((each) => each.startsWith('Error: '));
    const foreign = paragraph?.slice('Error: '.length).replace(/\s+/g, ' ').trim();
    throw new NoAnswer(`it answers ${exitCode}`, foreign);
  }

  async #read(stream: Readable): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        // The rest is read too: else goose, or what it left, would wait for us for ever.
        if (bytes <= LARGEST_ANSWER_BYTES) chunks.push(chunk);
        else this.#overflow.abort();
      }
    } catch {
      // Destroyed when drained: there is nothing more to read.
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** Where nothing holds the processes together, one is known later that was seen before it left. */
async function lookEarly(look: () => Promise<unknown>, over: AbortSignal): Promise<void> {
  for (const pauseMs of LOOKS_MS) {
    await sleep(pauseMs, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    await look().catch(() => undefined);
  }
}

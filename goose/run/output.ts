import type { Readable } from 'node:stream';
import { startStopwatch } from '../../os/stopwatch.ts';
import type { Goose } from '../start/start.ts';
import type { AttemptLog } from './attempt-log.ts';

/** What a dead process wrote is read in no time; a pipe that stays open longer is held by somebody else. */
const DRAIN_MS = 2000;

/** Takes what a program writes, as it comes. */
export interface OutputReader {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
}

/** What one program writes, as it comes: into its log, and to the reader that makes facts of it. */
export class Output {
  readonly #reader: OutputReader;
  readonly #log: AttemptLog;
  #bytes = 0;
  #sinceLast = startStopwatch();
  #read: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(reader: OutputReader, log: AttemptLog) {
    this.#reader = reader;
    this.#log = log;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** For how long nothing was written. */
  silentMs(): number {
    return this.#sinceLast();
  }

  /** Nobody is left who could write to stdout. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Starts reading. */
  of({ stdout, stderr }: Goose): void {
    this.#read = Promise.all([
      this.#readAll(stdout, (chunk) => this.#reader.stdout(chunk)).then(() => {
        this.#isClosed = true;
      }),
      this.#readAll(stderr, (chunk) => this.#reader.stderr(chunk)),
    ]);
  }

  /** Waits until all was read, but not for a pipe that somebody outside the run holds open. */
  async drained(goose: Goose): Promise<void> {
    const timer = setTimeout(() => {
      goose.stdout.destroy();
      goose.stderr.destroy();
    }, DRAIN_MS);
    await this.#read;
    clearTimeout(timer);
    await goose.ended;
  }

  async #readAll(stream: Readable, parse: (chunk: Buffer) => void): Promise<void> {
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        this.#bytes += chunk.length;
        this.#sinceLast = startStopwatch();
        parse(chunk);
        // Waiting for the disk holds goose back instead of filling our memory.
        await this.#log.write(chunk);
      }
    } catch {
      // Destroyed when drained: there is nothing more to read.
    }
  }
}

import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

/** Written after the newest output once the log is full, so that a file left by a crash explains itself. */
const SEAM = '\n--- newest output above, older output below ---\n';
/** Before the newest output, in a log of which the middle was cut. */
const CUT_NOTE = /\n--- \d+ bytes cut here: the log is limited to \d+ ---\n/;
const MAX_SAME_NAMES = 20;

export interface AttemptLogOptions {
  dir: string;
  /** File name inside `dir`. */
  name: string;
  /** Size limit of the file, at least 1,000. */
  maxBytes: number;
}

/**
 * The log of one attempt: what goose wrote, stdout and stderr as they came, in one file of mode 0600. Its first and
 * its last half of `maxBytes` are kept; the middle is cut, and a line says so. Nothing here throws: when the disk
 * fails, the run goes on without a log and `problem` says why.
 */
export class AttemptLog {
  /** The name of the file, which has a number added if there was one of that name. */
  readonly name: string;
  readonly #file: FileHandle | undefined;
  readonly #maxBytes: number;
  readonly #headBytes: number;
  #problem: string | undefined;
  #position = 0;
  #written = 0;
  #wrapped = false;
  #queue: Promise<void> = Promise.resolve();

  private constructor(name: string, maxBytes: number, file?: FileHandle, problem?: string) {
    this.name = name;
    this.#file = file;
    this.#problem = problem;
    this.#maxBytes = Math.max(1000, maxBytes);
    this.#headBytes = Math.floor(this.#maxBytes / 2);
  }

  static async open({ dir, name, maxBytes }: AttemptLogOptions): Promise<AttemptLog> {
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      for (let number = 1; ; number += 1) {
        const free = number === 1 ? name : name.replace(/(\.\w+)?$/, `-${number}$1`);
        try {
          return new AttemptLog(free, maxBytes, await createOwnFile(join(dir, free)));
        } catch (error) {
          if (codeOf(error) !== 'EEXIST' || number === MAX_SAME_NAMES) throw error;
        }
      }
    } catch (error) {
      return new AttemptLog(name, maxBytes, undefined, problemText(name, error));
    }
  }

  /** Why the log is missing or incomplete, as one clause, or undefined. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Resolves when the chunk is on its way to the disk; wait for it, and memory stays bounded. */
  write(chunk: Buffer): Promise<void> {
    return this.#enqueue((file) => this.#append(file, chunk));
  }

  async close(): Promise<void> {
    await this.#enqueue((file) => this.#straighten(file));
    await this.#file?.close().catch((error) => this.#failed(error));
  }

  #enqueue(work: (file: FileHandle) => Promise<void>): Promise<void> {
    const file = this.#file;
    if (file === undefined) return Promise.resolve();
    this.#queue = this.#queue.then(async () => {
      if (this.#problem === undefined) await work(file).catch((error) => this.#failed(error));
    });
    return this.#queue;
  }

  #failed(error: unknown): void {
    this.#problem ??= problemText(this.name, error);
  }

  /** The second half of the file is a ring: when it is full, the oldest output in it is overwritten. */
  async #append(file: FileHandle, chunk: Buffer): Promise<void> {
    this.#written += chunk.length;
    for (let rest = chunk; rest.length > 0; ) {
      if (this.#position === this.#maxBytes) {
        this.#position = this.#headBytes;
        this.#wrapped = true;
      }
      const part = rest.subarray(0, this.#maxBytes - this.#position);
      await writeFully(file, part, this.#position);
      this.#position += part.length;
      rest = rest.subarray(part.length);
    }
    const seam = Buffer.from(SEAM).subarray(0, this.#maxBytes - this.#position);
    if (this.#wrapped && seam.length > 0) await writeFully(file, seam, this.#position);
  }

  /** Puts the ring into the order in which it was written and says what was cut. */
  async #straighten(file: FileHandle): Promise<void> {
    if (!this.#wrapped) return;
    const ring = Buffer.alloc(this.#maxBytes - this.#headBytes);
    await readFully(file, ring, this.#headBytes);
    const newestEnd = this.#position - this.#headBytes;
    const seamEnd = Math.min(newestEnd + SEAM.length, ring.length);
    const tail = Buffer.concat([ring.subarray(seamEnd), ring.subarray(0, newestEnd)]);
    const room = ring.length - 80;
    const kept = tail.subarray(Math.max(0, tail.length - room));
    const cut = this.#written - this.#headBytes - kept.length;
    const note = Buffer.from(`\n--- ${cut} bytes cut here: the log is limited to ${this.#maxBytes} ---\n`);
    const all = Buffer.concat([note, kept]);
    await writeFully(file, all, this.#headBytes);
    await file.truncate(this.#headBytes + all.length);
  }
}

/** Where the note stands in a log that its middle was cut, in bytes from the beginning; undefined: nothing was cut. */
export function findCut(log: Buffer): number | undefined {
  // One character for each byte.
  const at = log.toString('latin1').search(CUT_NOTE);
  return at < 0 ? undefined : at;
}

/** Never an existing file or a link to one, since others may write in the folder. */
function createOwnFile(path: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
}

async function writeFully(file: FileHandle, data: Buffer, position: number): Promise<void> {
  for (let done = 0; done < data.length; ) {
    const { bytesWritten } = await file.write(data, done, data.length - done, position + done);
    done += bytesWritten;
  }
}

async function readFully(file: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) return;
    done += bytesRead;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function problemText(name: string, error: unknown): string {
  return `the log ${JSON.stringify(name)} could not be written: ${error instanceof Error ? error.message : error}`;
}

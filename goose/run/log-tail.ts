import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { findCut } from './attempt-log.ts';

/** What is new in a log. */
export type LogNews =
  | { what: 'bytes'; bytes: Buffer }
  /** Another file has its name, or it was emptied: it is read from its beginning. */
  | { what: 'again' }
  /** It is full: what is written now takes the place of older output, and is read when the attempt is over. */
  | { what: 'full' }
  /** Its middle was cut, as it is when the attempt is over: what follows is the end of the log. */
  | { what: 'cut' };

const CHUNK_BYTES = 65_536;

/** Reads a log of an attempt while it is written, and whatever becomes of the file meanwhile. */
export class LogTail {
  readonly #path: string;
  #file: FileHandle | undefined;
  #position = 0;
  /** When what has been read was the whole file: then a later change without growth is one in its middle. */
  #wholeAtMs = Number.POSITIVE_INFINITY;
  #saidFull = false;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The next piece, at most 64 KB; undefined: nothing is new, or there is no such file yet.
   * @throws the system's error, or an Error where it is no file that could be read
   */
  async next(): Promise<LogNews | undefined> {
    if (this.#file === undefined) {
      this.#file = await openLog(this.#path);
      if (this.#file === undefined) return undefined;
    }
    return (
      (await this.#shrunk(this.#file)) ??
      (await this.#read(this.#file)) ??
      (await this.#otherwise(this.#file))
    );
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #shrunk(file: FileHandle): Promise<LogNews | undefined> {
    const { size } = await file.stat();
    if (size >= this.#position) return undefined;
    const all = Buffer.alloc(size);
    const { bytesRead } = await file.read(all, 0, size, 0);
    const cutAt = findCut(all.subarray(0, bytesRead));
    this.#begin(cutAt ?? 0);
    return { what: cutAt === undefined ? 'again' : 'cut' };
  }

  async #read(file: FileHandle): Promise<LogNews | undefined> {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, this.#position);
    if (bytesRead === 0) return undefined;
    this.#position += bytesRead;
    this.#wholeAtMs = Number.POSITIVE_INFINITY;
    return { what: 'bytes', bytes: chunk.subarray(0, bytesRead) };
  }

  /** Everything is read. */
  async #otherwise(file: FileHandle): Promise<LogNews | undefined> {
    const ours = await file.stat();
    const named = await stat(this.#path).catch(() => undefined);
    if (named !== undefined && !isSameFile(ours, named)) {
      await this.close();
      this.#begin(0);
      return { what: 'again' };
    }
    if (ours.size !== this.#position) return undefined;
    if (ours.mtimeMs > this.#wholeAtMs && !this.#saidFull) {
      this.#saidFull = true;
      return { what: 'full' };
    }
    this.#wholeAtMs = ours.mtimeMs;
    return undefined;
  }

  #begin(position: number): void {
    this.#position = position;
    this.#wholeAtMs = Number.POSITIVE_INFINITY;
  }
}

function isSameFile(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/** Others may write in the folder: no link is followed, and a pipe, which may never end, is not opened for long. */
export async function openLog(path: string): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined || (await file.stat()).isFile()) return file;
  await file.close();
  throw new Error('it is no file');
}

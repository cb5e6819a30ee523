import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { localDay } from './local-time.ts';

// Not blocking: a pipe in its place must not stop the scheduler.
const FLAGS =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface DailyFileOptions {
  dir: string;
  /** Called when lines begin to be lost, with the reason as a clause, and with null when they are written again. */
  onProblem: (problem: string | null) => void;
}

/**
 * The log of a day: `scheduler_YYYYMMDD.log`, by this host's clock and zone, of mode 0600. Several processes may write to
 * it: each line is appended by one write. Nothing here throws: a line that cannot be written is lost.
 */
export class DailyFile {
  readonly #options: DailyFileOptions;
  #open: { day: string; path: string; fd: number } | undefined;
  /** A disk that was full took the beginning of a line only. */
  #torn = false;
  #broken = false;

  constructor(options: DailyFileOptions) {
    this.#options = options;
  }

  /** Appends a line of the day of `nowMs` (since 1970). */
  write(line: string, nowMs: number): void {
    try {
      const fd = this.#fileOf(localDay(nowMs));
      const bytes = Buffer.from(`${this.#torn ? '\n' : ''}${line}\n`);
      const written = writeSync(fd, bytes);
      this.#torn = written < bytes.length;
      if (this.#torn) throw new Error('the disk is full');
    } catch (error) {
      this.#report((error as Error).message);
      return;
    }
    this.#report(null);
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open.fd);
    this.#open = undefined;
  }

  #report(problem: string | null): void {
    if (this.#broken === (problem !== null)) return;
    this.#broken = problem !== null;
    this.#options.onProblem(problem);
  }

  /** Opened anew for each day, and when the file was moved or removed. */
  #fileOf(day: string): number {
    if (this.#open?.day === day && isStillThere(this.#open)) return this.#open.fd;
    this.close();
    const { dir } = this.#options;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const path = join(dir, `scheduler_${day}.log`);
    const fd = openOwn(path);
    this.#open = { day, path, fd };
    this.#torn = false;
    return fd;
  }
}

function openOwn(path: string): number {
  const fd = openSync(path, FLAGS, 0o600);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new Error(`${path} is not a file`);
}

function isStillThere({ path, fd }: { path: string; fd: number }): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false });
  const ours = fstatSync(fd);
  return there?.ino === ours.ino && there.dev === ours.dev;
}

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
} from 'node:fs';
import { dirname } from 'node:path';

const END_BYTES = 16 * 1024;

/**
 * Opens a log to write at its end, and makes it with mode 0600, and its folder, where there is none. Throws if a
 * symbolic link has its name: what a process prints must not end up in a file that somebody else has chosen.
 */
export function openLog(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error;
    throw new Error(
      `The log ${path} is a symbolic link, and links are not written through: remove it, ` +
        'or set TINYSCHEDULER_LOG_DIR to the folder where logs are to be.',
    );
  }
}

/** The last `count` lines of a log, readable: of JSON lines their time, level and message. */
export function lastLines(path: string, count: number): string[] {
  return endOf(path)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map(readable);
}

/** Puts a log that has grown over `maxBytes` aside as `<path>.1`, in place of the one before. */
export function putAside(path: string, maxBytes: number): void {
  try {
    if (lstatSync(path).size > maxBytes) renameSync(path, `${path}.1`);
  } catch {
    // There is none yet.
  }
}

function endOf(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size, END_BYTES));
      readSync(file, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString('utf8');
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

function readable(line: string): string {
  try {
    const { time, msg, err } = JSON.parse(line) as {
      time?: string;
      msg?: string;
      err?: { message?: string };
    };
    if (msg === undefined) return line.slice(0, 300);
    return `${time?.slice(11, 19) ?? ''} ${msg}${err?.message ? `: ${err.message}` : ''}`
      .trim()
      .slice(0, 300);
  } catch {
    return line.slice(0, 300);
  }
}

import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const END_BYTES = 16 * 1024;

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
    if (statSync(path).size > maxBytes) renameSync(path, `${path}.1`);
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

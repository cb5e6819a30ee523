// @ts-check
import { closeSync, openSync, readSync } from 'node:fs';

/** Of an error in /proc: the process has gone, it is hidden from us or not ours, or there is no /proc. */
const NOTHING_THERE = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/**
 * Whether a file of /proc that cannot be read has nothing for us. Any other error says nothing about the process, as when this one
 * may open no more files.
 * @param {unknown} error
 */
export function hasNothing(error) {
  return error instanceof Error && 'code' in error && NOTHING_THERE.has(String(error.code));
}

/** Nearly everything fits; what does not is read in pieces. One for all, since hundreds of files are read at a time. */
const buffer = Buffer.alloc(16 * 1024);

/**
 * What a file in /proc says, each byte as one character. `readFileSync` asks for its size and for its end too, and makes a
 * buffer for each, which is twice the work. Throws where it cannot be read.
 * @param {string} path
 * @returns {string}
 */
export function readProcFile(path) {
  const file = openSync(path, 'r');
  try {
    let text = '';
    for (;;) {
      const bytes = readSync(file, buffer, 0, buffer.length, null);
      text += buffer.toString('latin1', 0, bytes);
      if (bytes < buffer.length) return text;
    }
  } finally {
    closeSync(file);
  }
}
